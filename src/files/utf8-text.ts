// Decodes a file that its author writes, such as a configuration. It refuses bytes that are not UTF-8: decoded with a replacement
// character, different bytes would become the same text, and two passwords one.
import { isUtf8 } from 'node:buffer';

export type Decoded = { readonly kind: 'text'; readonly text: string } | NotText;

/** `why` follows the name of the file in a sentence. */
export interface NotText {
  readonly kind: 'unusable';
  readonly why: string;
}

const LINE_FEED = 0x0a;

export function utf8Text(bytes: Buffer): Decoded {
  if (isUtf8(bytes)) return { kind: 'text', text: bytes.toString('utf8') };
  return { kind: 'unusable', why: `is not UTF-8 text: line ${wrongLine(bytes)} has other bytes; save it as UTF-8` };
}

/** The first line that is not UTF-8. A line feed is never a part of a longer character, so each line stands for itself. */
function wrongLine(bytes: Buffer): number {
  let line = 1;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(LINE_FEED, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    line += 1;
    start = end + 1;
  }
}
