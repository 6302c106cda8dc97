// Reads the answer to one GET, by TCP or at a Unix socket, piece by piece. It knows neither the admin API nor what is answered.
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { request as requestByTls } from 'node:https';
import { SNAPSHOT_PATH, type StartPlace } from '../../protocol/routes/start-place.js';
import { masked } from '../../protocol/text/masked.js';

export type Fetched =
  /** To its end, or as far as it was wanted. */
  | { readonly code: 'read' }
  /** It may be asked for again in a moment. */
  | { readonly code: 'busy' }
  /** `why` follows the place in a sentence: "answers 401". */
  | { readonly code: 'failed'; readonly why: string };

/** Returns false where no more is wanted. */
export type TakePiece = (piece: Buffer) => boolean;

export interface Fetching {
  readonly token: string | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** `date`: what time it is there, in ms since the epoch; undefined where that is not told. */
  readonly begins: (date: number | undefined) => TakePiece;
}

/** Without a byte. */
const SILENT_MS = 5000;
/** Of an answer that is no success: far more than a sentence. */
const REFUSAL_OCTETS_MAX = 4096;
/** Shorter values are no secrets, and stand in any sentence. */
const QUERY_LENGTH_MIN = 4;
const BUSY = 503;

/** Never rejects. */
export async function fetchPieces(
  place: Exclude<StartPlace, { readonly kind: 'file' }>,
  { token, signal, begins }: Fetching,
): Promise<Fetched> {
  const asked = requestTo(place, token, signal);
  asked.setTimeout(SILENT_MS, () => asked.destroy(new Error(`says nothing for ${SILENT_MS / 1000} s`)));
  // What happens once there is an answer is an error of the answer, too.
  asked.on('error', () => {});
  try {
    const [response] = (await once(asked.end(), 'response')) as [IncomingMessage];
    if (response.statusCode !== 200) return await refused(response, [token, ...queryOf(place)]);
    const date = Date.parse(response.headers.date ?? '');
    const take = begins(Number.isNaN(date) ? undefined : date);
    for await (const piece of response as AsyncIterable<Buffer>) if (!take(piece)) break;
    return { code: 'read' };
  } catch (error) {
    return { code: 'failed', why: whyOf(error as NodeJS.ErrnoException) };
  } finally {
    asked.destroy();
  }
}

function requestTo(
  place: Exclude<StartPlace, { readonly kind: 'file' }>,
  token: string | undefined,
  signal: AbortSignal,
): ClientRequest {
  const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const given = { agent: false, signal, headers: { Accept: '*/*', ...authorization } } as const;
  if (place.kind === 'unix') {
    const headers = { ...given.headers, Host: 'localhost' };
    return request({ ...given, headers, socketPath: place.path, path: SNAPSHOT_PATH });
  }
  return place.url.startsWith('https:') ? requestByTls(place.url, given) : request(place.url, given);
}

/** A query may be a secret, too. */
function queryOf(place: StartPlace): readonly string[] {
  if (place.kind !== 'http') return [];
  const { search, searchParams } = new URL(place.url);
  return [search, ...searchParams.values()].filter((text) => text.length >= QUERY_LENGTH_MIN);
}

/** `secrets`: what was said to it, and may be said back. */
async function refused(response: IncomingMessage, secrets: readonly (string | undefined)[]): Promise<Fetched> {
  const { statusCode } = response;
  if (statusCode === BUSY) return { code: 'busy' };
  const pieces: Buffer[] = [];
  let octets = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    pieces.push(piece);
    octets += piece.length;
    if (octets > REFUSAL_OCTETS_MAX) break;
  }
  const said = sentenceIn(Buffer.concat(pieces).toString());
  return { code: 'failed', why: `answers ${statusCode}${said === undefined ? '' : ` (${masked(said, secrets)})`}` };
}

/** What the admin API says of an error. */
function sentenceIn(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}

/** `errors`: of all addresses of a name, each with its code. */
function whyOf({ code = '', message }: NodeJS.ErrnoException): string {
  if (code.startsWith('HPE_')) return 'does not speak HTTP';
  return code === '' ? message : `cannot be read: ${code}`;
}
