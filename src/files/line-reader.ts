// Reads a long file line by line, in pieces, with a turn of the event loop for each piece, so that the thread goes on
// answering meanwhile. It knows no format.
import { close, read } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { promisify } from 'node:util';
import { type NotRead, notRead, openBounded, tooLarge } from './bounded-file.js';

/** A piece of this size is handled in a few milliseconds. */
const PIECE_OCTETS = 1 << 18;
/** In characters: a file without line ends must not be collected to its end. */
const LINE_LENGTH_MAX = 1 << 20;

const readPiece = promisify(read);

/**
 * Calls `take` with each line, without its line end, and with whether it had one; `take` returns false to end the reading.
 * Resolves with `read` at the end of the file and when `take` ended the reading, else with why the file cannot be read.
 */
export async function readLines(
  path: string,
  octets_max: number,
  take: (line: string, hasEnd: boolean) => boolean,
): Promise<{ readonly kind: 'read' } | NotRead> {
  const opened = openBounded(path, { octets_max });
  if (opened.kind !== 'open') return opened;
  try {
    return await readOpened(opened.fd, octets_max, take);
  } catch (error) {
    return notRead(error);
  } finally {
    close(opened.fd);
  }
}

async function readOpened(
  fd: number,
  octets_max: number,
  take: (line: string, hasEnd: boolean) => boolean,
): Promise<{ readonly kind: 'read' } | NotRead> {
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.allocUnsafe(PIECE_OCTETS);
  let begun = '';
  let octets = 0;
  for (;;) {
    const { bytesRead } = await readPiece(fd, buffer, 0, PIECE_OCTETS, null);
    if (bytesRead === 0) break;
    octets += bytesRead;
    const why = tooLarge(octets, octets_max);
    if (why !== undefined) return { kind: 'unusable', why };
    const text = begun + decoder.write(buffer.subarray(0, bytesRead));
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      if (!take(text.slice(from, end), true)) return { kind: 'read' };
      from = end + 1;
    }
    begun = text.slice(from);
    if (begun.length > LINE_LENGTH_MAX) return { kind: 'unusable', why: 'has a line that is too long' };
  }
  begun += decoder.end();
  if (begun !== '') take(begun, false);
  return { kind: 'read' };
}
