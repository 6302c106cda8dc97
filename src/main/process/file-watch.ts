// Looks at files now and then, and tells when one of them has changed and its writer has finished. It reads no contents.
import { fileState } from '../../files/file-state.js';

/** A change is told once the files are the same at two looks in a row. */
const LOOK_MS = 500;

export class FileWatch {
  readonly #paths: readonly string[];
  readonly #changed: () => Promise<void>;
  /** The states of the files when they were read, and at the last look. */
  #read: string;
  #seen = '';
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /**
   * `changed`: reads the files again; the next look comes after it. `read`: the states of the files when they were read, where
   * that is known.
   */
  constructor(paths: readonly string[], changed: () => Promise<void>, read = '') {
    this.#paths = paths;
    this.#changed = changed;
    this.#read = read;
  }

  /** Notes the states of the files, which are read now. */
  async note(): Promise<void> {
    this.#read = await this.#look();
  }

  /** Begins to look. Without files it does nothing. */
  start(): void {
    if (this.#stopped || this.#paths.length === 0) return;
    this.#timer = setTimeout(() => void this.#lookAgain().then(() => this.start()), LOOK_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #lookAgain(): Promise<void> {
    const before = this.#seen;
    const now = await this.#look();
    if (now === this.#read || now !== before || this.#stopped) return;
    // A change is told once, also when what has changed cannot be used.
    this.#read = now;
    await this.#changed();
  }

  async #look(): Promise<string> {
    this.#seen = (await Promise.all(this.#paths.map(fileState))).join('\n');
    return this.#seen;
  }
}
