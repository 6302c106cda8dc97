// Reads a file that may be anything: a pipe without a writer, a device without an end, a file that grows. It never waits
// without a limit and never reads more than the caller allows. It does not interpret the bytes.
import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync, type Stats } from 'node:fs';

export type BoundedRead = { readonly kind: 'read'; readonly bytes: Buffer } | NotRead;

export type NotRead =
  /** `code`: ENOENT, or ENOTDIR when a part of the path is not a folder. */
  | { readonly kind: 'absent'; readonly code: string }
  /** `why` follows the name of the file in a sentence: "is a directory, not a file". */
  | { readonly kind: 'unusable'; readonly why: string };

export type Opened = { readonly kind: 'open'; readonly fd: number; readonly isPipe: boolean; readonly octets: number };

interface Bounds {
  readonly octets_max: number;
  /**
   * How long an unnamed pipe (`/dev/stdin`, or `<(…)` of a shell) may take to its end, in ms. Without it no pipe is read.
   * A named pipe is never read, since without a writer it looks like an empty file.
   */
  readonly pipe_ms?: number;
}

/** O_NONBLOCK: no waiting for the writer of a pipe. O_NOCTTY: a terminal does not become ours. Node adds O_CLOEXEC. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
const PIPE_LOOK_MS = 5;
/** Size of the first read when the file's size is 0, as in /proc. */
const FIRST_OCTETS = 65_536;

/** Opens a file for reading, or says why it cannot be read. The caller closes the fd. */
export function openBounded(path: string, { octets_max, pipe_ms }: Bounds): Opened | NotRead {
  let fd: number;
  try {
    fd = openSync(path, FLAGS);
  } catch (error) {
    return notRead(error);
  }
  const stats = fstatSync(fd);
  const isPipe = stats.isFIFO() && pipe_ms !== undefined && isUnnamed(fd);
  const why = stats.isFile() || isPipe ? tooLarge(stats.size, octets_max) : `is ${kindOf(stats)}, not a file`;
  if (why === undefined) return { kind: 'open', fd, isPipe, octets: stats.size };
  closeSync(fd);
  return { kind: 'unusable', why };
}

/** Reads the whole file, or says why it cannot be read. Blocks at most `pipe_ms`. */
export function readBounded(path: string, bounds: Bounds): BoundedRead {
  const opened = openBounded(path, bounds);
  if (opened.kind !== 'open') return opened;
  try {
    return readOpened(opened, bounds);
  } catch (error) {
    return notRead(error);
  } finally {
    closeSync(opened.fd);
  }
}

/** Turns an error of the file system into a value. An error without a `code` is a bug of ours and is thrown. */
export function notRead(error: unknown): NotRead {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent', code };
  return { kind: 'unusable', why: code === 'EACCES' ? 'cannot be read: permission denied' : `cannot be read: ${code}` };
}

/** Why a file of `octets` bytes is too large, for the end of a sentence; undefined when it is not. */
export function tooLarge(octets: number, octets_max: number): string | undefined {
  if (octets <= octets_max) return undefined;
  const mebibytes = octets_max / 1024 / 1024;
  return `is larger than ${Number.isInteger(mebibytes) ? `${mebibytes} MiB` : `${octets_max} octets`}`;
}

function readOpened({ fd, isPipe, octets }: Opened, { octets_max, pipe_ms = 0 }: Bounds): BoundedRead {
  const deadline_ms = performance.now() + pipe_ms;
  let bytes = Buffer.allocUnsafe(Math.min(octets === 0 ? FIRST_OCTETS : octets, octets_max) + 1);
  let filled = 0;
  for (;;) {
    const count = readSome(fd, bytes, filled);
    if (count === 0) return { kind: 'read', bytes: bytes.subarray(0, filled) };
    if (count === undefined) {
      // A device or a file of the kernel is not waited for.
      if (!isPipe) return { kind: 'unusable', why: 'has nothing to read' };
      if (performance.now() > deadline_ms) {
        return { kind: 'unusable', why: `has not come to its end within ${pipe_ms / 1000} s` };
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PIPE_LOOK_MS);
      continue;
    }
    filled += count;
    const why = tooLarge(filled, octets_max);
    if (why !== undefined) return { kind: 'unusable', why };
    if (filled === bytes.length) bytes = Buffer.concat([bytes], Math.min(filled * 2, octets_max + 1));
  }
}

/** Bytes read, 0 at the end of the file; undefined while a pipe is empty. */
function readSome(fd: number, into: Buffer, at: number): number | undefined {
  try {
    return readSync(fd, into, at, into.length - at, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** Whether a pipe has no name in the file system. */
function isUnnamed(fd: number): boolean {
  return readlinkSync(`/proc/self/fd/${fd}`).startsWith('pipe:');
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}
