// A state file, whose contents outlive the process: it is replaced as a whole by renaming, so that it is never half
// written. A missing file is not warned of; one that cannot be used is warned of once. It knows no format, and does not
// keep other processes from writing: see main/process/state-claims.ts.
import { accessSync, constants, readlinkSync } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { threadId } from 'node:worker_threads';
import { readBounded } from './bounded-file.js';

export type Warn = (message: string) => void;

/** Characters that one write collects: a write for each of many thousands of pieces would be slow. */
const WRITE_OCTETS = 1 << 18;
/** Bytes read of an existing file: enough to see which program wrote it. */
const BEGIN_OCTETS = 256;
/** Symbolic links that the kernel follows in one path (path_resolution(7)). */
const LINKS_MAX = 40;

/** The file's text; undefined when it is missing, too large or cannot be read. All but a missing file is warned of. */
export function readState(path: string, octets_max: number, warn: Warn): string | undefined {
  const read = readBounded(path, { octets_max });
  if (read.kind === 'read') return read.bytes.toString('utf8');
  if (read.kind === 'unusable') warn(`${path} is ignored: it ${read.why}`);
  else if (read.code !== 'ENOENT') warn(`${path} is ignored: ${read.code}`);
  return undefined;
}

/** The path behind symbolic links; that file need not exist yet. */
export function fileBehind(path: string): string {
  let file = path;
  for (let links = 0; links < LINKS_MAX; links += 1) {
    try {
      file = resolve(dirname(file), readlinkSync(file));
    } catch {
      return file;
    }
  }
  return file;
}

/** The error by which the folder of the file takes no new version (`EACCES`, `EROFS`); undefined if it seems to take one. */
export function whyNotWritable(path: string): string | undefined {
  try {
    accessSync(dirname(fileBehind(path)), constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** Appends a text that comes in many small pieces. */
export async function writePieces(file: FileHandle, pieces: Iterable<string>): Promise<void> {
  let gathered = '';
  for (const piece of pieces) {
    gathered += piece;
    if (gathered.length < WRITE_OCTETS) continue;
    // Unlike `write`, appendFile goes on after a partial write, and so meets the error that says why.
    await file.appendFile(gathered);
    gathered = '';
  }
  await file.appendFile(gathered);
}

/** State files that this thread has made. */
let made = 0;

/** Writes one version at a time. The first failure is warned of, a further one only after a success. */
export class StateFile {
  readonly #path: string;
  readonly #warn: Warn;
  readonly #begins: RegExp | undefined;
  /** Two of one process, such as an actor and the one that takes its place, may write at the same time. */
  readonly #number: number;
  #warned = false;
  #writing: Promise<boolean> = Promise.resolve(true);

  /** `begins`: the beginning of files that may be replaced; a non-empty file with another beginning is left alone. */
  constructor(path: string, warn: Warn, begins?: RegExp) {
    this.#path = path;
    this.#number = made;
    made += 1;
    this.#warn = warn;
    this.#begins = begins;
  }

  /** Resolves with whether the file was written; never rejects. `pieces` is called when earlier writes have ended. */
  write(pieces: () => Iterable<string>): Promise<boolean> {
    this.#writing = this.#writing.then(() => this.#replace(pieces()));
    return this.#writing;
  }

  async #replace(pieces: Iterable<string>): Promise<boolean> {
    // Renaming over a symbolic link would replace the link.
    const path = fileBehind(this.#path);
    const temporary = `${path}.${process.pid}.${threadId}.${this.#number}.new`;
    try {
      const why = await this.#whoseElse(path);
      if (why !== undefined) return this.#failed(why);
      const file = await open(temporary, 'w', 0o600);
      try {
        await writePieces(file, pieces);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
      this.#warned = false;
      return true;
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      return this.#failed((error as NodeJS.ErrnoException).code ?? String(error));
    }
  }

  /** Why the existing file must not be replaced; undefined when it may be. */
  async #whoseElse(path: string): Promise<string | undefined> {
    const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return undefined;
    });
    // Renaming over a device would replace the device.
    if (there?.isFile() === false) return 'it is not a file';
    if (there === undefined || there.size === 0 || this.#begins === undefined) return undefined;
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGIN_OCTETS), 0, BEGIN_OCTETS, 0);
      const begin = buffer.subarray(0, bytesRead).toString('latin1');
      return this.#begins.test(begin) ? undefined : 'what is in it was not written by this program';
    } finally {
      await file.close();
    }
  }

  #failed(why: string): false {
    if (!this.#warned) this.#warn(`${this.#path} cannot be written: ${why}`);
    this.#warned = true;
    return false;
  }
}
