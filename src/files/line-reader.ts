// Reads a long file line by line, in pieces, with a turn of the event loop for each piece, so that the thread goes on
// answering meanwhile. It knows no format.
import { close, read } from 'node:fs';
import { promisify } from 'node:util';
import { type NotRead, notRead, openBounded } from './bounded-file.js';
import { LineParts, type TakeLine } from './line-parts.js';

/** A piece of this size is handled in a few milliseconds. */
const PIECE_OCTETS = 1 << 18;

const readPiece = promisify(read);

/**
 * Calls `take` with each line, without its line end, and with whether it had one; `take` returns false to end the reading.
 * Resolves with `read` at the end of the file and when `take` ended the reading, else with why the file cannot be read.
 */
export async function readLines(
  path: string,
  octets_max: number,
  take: TakeLine,
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
  take: TakeLine,
): Promise<{ readonly kind: 'read' } | NotRead> {
  const parts = new LineParts(octets_max, take);
  const buffer = Buffer.allocUnsafe(PIECE_OCTETS);
  for (;;) {
    const { bytesRead } = await readPiece(fd, buffer, 0, PIECE_OCTETS, null);
    if (bytesRead === 0) break;
    const ended = parts.add(buffer.subarray(0, bytesRead));
    if (ended !== undefined) return ended;
  }
  parts.end();
  return { kind: 'read' };
}
