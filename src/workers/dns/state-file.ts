// The file in which the bad addresses outlive the process: read once at the start, replaced as a whole by renaming, so
// that it is never half written. One that is missing is no news; one that cannot be used is warned of once and ignored.
import { readFileSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import {
  encodeSnapshot,
  type KeptAddress,
  parseSnapshot,
  SNAPSHOT_OCTETS_MAX,
} from '../../protocol/blacklist-snapshot.js';
import type { BadAddress } from '../../protocol/evidence.js';

export type Warn = (message: string) => void;

/** Before anything is served, so that there is no moment without the list. */
export function readState(
  path: string,
  { now, addresses_max }: { now: number; addresses_max: number },
  warn: Warn,
): readonly KeptAddress[] {
  const text = readBounded(path, warn);
  if (text === undefined) return [];
  const parsed = parseSnapshot(text, now, addresses_max);
  if (parsed.kind === 'snapshot') return parsed.addresses;
  warn(`${path} is ignored: ${parsed.why}`);
  return [];
}

function readBounded(path: string, warn: Warn): string | undefined {
  try {
    const { size } = statSync(path);
    if (size <= SNAPSHOT_OCTETS_MAX) return readFileSync(path, 'utf8');
    warn(`${path} is ignored: ${size} octets are more than ${SNAPSHOT_OCTETS_MAX}`);
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

  /** Settles when it has been written, or when that has failed. */
  write(addresses: readonly BadAddress[]): Promise<void> {
    this.#writing = this.#writing.then(() => this.#replace(encodeSnapshot(addresses)));
    return this.#writing;
  }

  async #replace(text: string): Promise<void> {
    const temporary = `${this.#path}.${process.pid}.new`;
    try {
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(text);
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
