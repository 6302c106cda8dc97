// A file in which something outlives the process: read once at the start, replaced as a whole by renaming, so that it is
// never half written. One that is missing is no news; one that cannot be used is warned of once. It knows no format.
import { readFileSync, statSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';

export type Warn = (message: string) => void;

/** Pieces are gathered until so much is there, since a write for each of many thousands takes its time. */
const WRITE_OCTETS = 1 << 18;

/** Its text; undefined when it is missing, too large or cannot be read. */
export function readState(path: string, octets_max: number, warn: Warn): string | undefined {
  try {
    const stats = statSync(path);
    // A pipe would be waited for, and a device never ends.
    if (!stats.isFile()) warn(`${path} is ignored: it is not a file`);
    else if (stats.size > octets_max) warn(`${path} is ignored: ${stats.size} octets are more than ${octets_max}`);
    else return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') warn(`${path} is ignored: ${code ?? String(error)}`);
  }
  return undefined;
}

/** Writes one at a time; the first failure is warned of, further ones only after a success. */
export class StateFile {
  readonly #path: string;
  readonly #warn: Warn;
  #warned = false;
  #writing: Promise<boolean> = Promise.resolve(true);

  constructor(path: string, warn: Warn) {
    this.#path = path;
    this.#warn = warn;
  }

  /** Whether it has been written, once that is known. `pieces` are asked for when it is this one's turn. */
  write(pieces: () => Iterable<string>): Promise<boolean> {
    this.#writing = this.#writing.then(() => this.#replace(pieces()));
    return this.#writing;
  }

  async #replace(pieces: Iterable<string>): Promise<boolean> {
    const temporary = `${this.#path}.${process.pid}.new`;
    try {
      const there = await stat(this.#path).catch(() => undefined);
      // Renaming would put a file in the place of a device.
      if (there?.isFile() === false) {
        return this.#failed('it is not a file');
      }
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
      await rename(temporary, this.#path);
      this.#warned = false;
      return true;
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      return this.#failed((error as NodeJS.ErrnoException).code ?? String(error));
    }
  }

  #failed(why: string): false {
    if (!this.#warned) this.#warn(`${this.#path} cannot be written: ${why}`);
    this.#warned = true;
    return false;
  }
}
