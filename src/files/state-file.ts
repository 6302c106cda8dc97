// A file in which something outlives the process: replaced as a whole by renaming, so that it is never half written. One
// that is missing is no news; one that cannot be used is warned of once. It knows no format, and does not keep other
// processes away: see main/process/state-claims.ts.
import { readlinkSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { readBounded } from './bounded-file.js';

export type Warn = (message: string) => void;

/** Pieces are gathered until so much is there, since a write for each of many thousands takes its time. */
const WRITE_OCTETS = 1 << 18;
/** Of a file that is there: enough to see whose it is. */
const BEGIN_OCTETS = 256;
/** As many as the kernel follows (path_resolution(7)). */
const LINKS_MAX = 40;

/** Its text; undefined when it is missing, too large or cannot be read. */
export function readState(path: string, octets_max: number, warn: Warn): string | undefined {
  const read = readBounded(path, { octets_max });
  if (read.kind === 'read') return read.bytes.toString('utf8');
  if (read.kind === 'unusable') warn(`${path} is ignored: it ${read.why}`);
  else if (read.code !== 'ENOENT') warn(`${path} is ignored: ${read.code}`);
  return undefined;
}

/** The file itself where the path is a symbolic link, also one to a file that does not exist yet. */
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

/** Writes one at a time; the first failure is warned of, further ones only after a success. */
export class StateFile {
  readonly #path: string;
  readonly #warn: Warn;
  readonly #begins: RegExp | undefined;
  #warned = false;
  #writing: Promise<boolean> = Promise.resolve(true);

  /** `begins`: how a file begins that may be replaced; one that is not empty and begins otherwise is another's. */
  constructor(path: string, warn: Warn, begins?: RegExp) {
    this.#path = path;
    this.#warn = warn;
    this.#begins = begins;
  }

  /** Whether it has been written, once that is known. `pieces` are asked for when it is this one's turn. */
  write(pieces: () => Iterable<string>): Promise<boolean> {
    this.#writing = this.#writing.then(() => this.#replace(pieces()));
    return this.#writing;
  }

  async #replace(pieces: Iterable<string>): Promise<boolean> {
    // Renaming would put a file in the place of the link.
    const path = fileBehind(this.#path);
    const temporary = `${path}.${process.pid}.new`;
    try {
      const why = await this.#whoseElse(path);
      if (why !== undefined) return this.#failed(why);
      const file = await open(temporary, 'w', 0o600);
      try {
        let gathered = '';
        for (const piece of pieces) {
          gathered += piece;
          if (gathered.length < WRITE_OCTETS) continue;
          // Unlike `write` it goes on after a part has been written, to the error that says why.
          await file.appendFile(gathered);
          gathered = '';
        }
        await file.appendFile(gathered);
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

  /** Why what is there must not be replaced. */
  async #whoseElse(path: string): Promise<string | undefined> {
    const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return undefined;
    });
    // Renaming would put a file in the place of a device.
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
