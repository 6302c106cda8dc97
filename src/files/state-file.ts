// A file in which something outlives the process: read once at the start, replaced as a whole by renaming, so that it is
// never half written. One that is missing is no news; one that cannot be used is warned of once. It knows no format.
import { readFileSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';

export type Warn = (message: string) => void;

/** Pieces are gathered until so much is there, since a write for each of many thousands takes its time. */
const WRITE_OCTETS = 1 << 18;

/** Its text; undefined when it is missing, too large or cannot be read. */
export function readState(path: string, octets_max: number, warn: Warn): string | undefined {
  try {
    const { size } = statSync(path);
    if (size <= octets_max) return readFileSync(path, 'utf8');
    warn(`${path} is ignored: ${size} octets are more than ${octets_max}`);
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
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, warn: Warn) {
    this.#path = path;
    this.#warn = warn;
  }

  /** Settles when it has been written, or when that has failed. `pieces` are asked for when it is this one's turn. */
  write(pieces: () => Iterable<string>): Promise<void> {
    this.#writing = this.#writing.then(() => this.#replace(pieces()));
    return this.#writing;
  }

  async #replace(pieces: Iterable<string>): Promise<void> {
    const temporary = `${this.#path}.${process.pid}.new`;
    try {
      const file = await open(temporary, 'w', 0o600);
      try {
        let gathered = '';
        for (const piece of pieces) {
          gathered += piece;
          if (gathered.length < WRITE_OCTETS) continue;
          await file.write(gathered);
          gathered = '';
        }
        await file.write(gathered);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.#path);
      this.#warned = false;
    } catch (error) {
      if (!this.#warned)
        this.#warn(`${this.#path} cannot be written: ${(error as NodeJS.ErrnoException).code ?? error}`);
      this.#warned = true;
      await rm(temporary, { force: true }).catch(() => {});
    }
  }
}
