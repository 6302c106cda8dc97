// How many ways of each line have brought nothing back yet. Where a line leads back to this gateway, each way is a client of it that
// opens one more, and none of them brings anything: with several of them, requests say how many gateways they have passed, and the
// circle ends (shared/dialling/circles.ts).
import { Crowd } from '../../shared/dialling/crowds.js';

const NOBODY_WAITS = (): void => {};

export class Unheard {
  /** By the number of the line; bounded by the lines. */
  readonly #crowds = new Map<number, Crowd>();

  /** Lines that have any. */
  get size(): number {
    return this.#crowds.size;
  }

  /** A way of the line begins; `ends` must follow. Its attempts are in this crowd. */
  begins(line: number): Crowd {
    const crowd = this.#crowds.get(line) ?? new Crowd(`udp ${line}`, NOBODY_WAITS);
    this.#crowds.set(line, crowd);
    crowd.hopeless += 1;
    return crowd;
  }

  /** It has brought something, or is over. Called once for each way. */
  ends(line: number): void {
    const crowd = this.#crowds.get(line);
    if (crowd === undefined) return;
    crowd.hopeless -= 1;
    if (crowd.hopeless === 0) this.#crowds.delete(line);
  }
}
