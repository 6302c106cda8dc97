// Where the running gateway is asked, and with which token: what the command line names, or the `admin` of the configuration.
import { readBounded } from '../../../files/bounded-file.js';
import type { AdminOptions } from '../../../protocol/admin-options.js';
import { type AdminPlace, adminPlaceAt, adminPlaceOf } from '../../../protocol/admin-place.js';

export type Found =
  | { readonly code: 'found'; readonly place: AdminPlace; readonly token: string | null }
  /** `why`: a sentence. */
  | { readonly code: 'none'; readonly why: string };

/** Texts of the command line; undefined for what is not given. */
export interface Named {
  readonly admin: string | undefined;
  readonly token_file: string | undefined;
}

/** `configured`: `admin` of the configuration; needed where no place is named. */
export function findAdmin({ admin, token_file }: Named, configured: AdminOptions | undefined): Found {
  const named = admin === undefined ? undefined : adminPlaceOf(admin);
  const known = named === undefined ? placeIn(configured) : ({ code: 'found', place: named, token: null } as const);
  if (known.code === 'none' || token_file === undefined) return known;
  const read = tokenIn(token_file);
  return read.code === 'read' ? { ...known, token: read.token } : { code: 'none', why: read.why };
}

function placeIn(configured: AdminOptions | undefined): Found {
  const none = (why: string): Found => ({ code: 'none', why });
  const { listen, token_file } = configured ?? { listen: null, token_file: null };
  if (listen === null) return none('the configuration has no admin.listen, by which a running gateway is asked');
  const place = adminPlaceAt(listen);
  if (place === undefined) return none('admin.listen leaves the port to the kernel; name the place by --admin');
  return { code: 'found', place, token: token_file?.token ?? null };
}

/** Far more than any token. */
const TOKEN_OCTETS_MAX = 4096;
/** What may stand in a header. */
const TOKEN = /^[\x21-\x7e]+$/;
/** For `--token-file <(…)`. */
const PIPE_MS = 2000;

type TokenRead = { readonly code: 'read'; readonly token: string } | { readonly code: 'failed'; readonly why: string };

/** The token in a file, without the white space around it. */
function tokenIn(file: string): TokenRead {
  const failed = (why: string): TokenRead => ({ code: 'failed', why: `--token-file: ${file} ${why}` });
  const read = readBounded(file, { octets_max: TOKEN_OCTETS_MAX, pipe_ms: PIPE_MS });
  if (read.kind === 'absent') return failed('does not exist');
  if (read.kind === 'unusable') return failed(read.why);
  const token = read.bytes.toString('latin1').trim();
  return TOKEN.test(token) ? { code: 'read', token } : failed('holds no token: that is one word of ASCII characters');
}
