// Reads one configuration file into a tree, by its extension, within a bound on its size. It checks no key.
import { readBounded } from '../../../files/bounded-file.js';
import { utf8Text } from '../../../files/utf8-text.js';
import { parseAs } from './formats.js';
import type { Parsed } from './syntax.js';

export type FileRead = Parsed | { readonly kind: 'absent' };

const OCTETS_MAX = 8 * 1024 * 1024; // of 250 000 values (syntax.ts), 32 octets each
/** How long a pipe such as `<(generate)` or `/dev/stdin` may take: its writer is running already. */
const PIPE_MS = 10_000;

/** `.yaml`, `.yml` and `.toml` select these formats; any other name is read as JSON with comments. */
export function readConfigFile(path: string): FileRead {
  const read = readBounded(path, { octets_max: OCTETS_MAX, pipe_ms: PIPE_MS });
  if (read.kind === 'absent') return { kind: 'absent' };
  if (read.kind === 'unusable') return { kind: 'invalid', problems: [read.why] };
  const decoded = utf8Text(read.bytes);
  if (decoded.kind === 'unusable') return { kind: 'invalid', problems: [decoded.why] };
  return parseAs(path, decoded.text.replace(/^\uFEFF/, ''));
}
