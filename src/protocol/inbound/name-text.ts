// The text of a name that a client sends, as SOCKS has it: UTF-8 of at most 255 octets. Whether it is a name is not its
// question: see address/host-name.ts.

const SIZE_MAX = 255;
const ASCII = Buffer.alloc(SIZE_MAX);
/** A byte order mark is a part of the name. */
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Decodes `end - start` bytes, at most 255. Names are nearly always ASCII, which takes less time and memory this way. */
export function nameText(bytes: Uint8Array, start: number, end: number): string {
  for (let i = start; i < end; i += 1) {
    if (bytes[i] > 127) return UTF8.decode(bytes.subarray(start, end));
    ASCII[i - start] = bytes[i];
  }
  return ASCII.toString('latin1', 0, end - start);
}
