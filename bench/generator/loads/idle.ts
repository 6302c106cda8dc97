// The idle load: connections that are opened, prove themselves by one echo, and stay silent until they are released; each
// then proves itself once more. While they are silent, the bench reads the subject's memory.
import type { Socket } from '../../../src/linux/engine/socket.js';
import type { Outcome } from '../../shared/messages.js';
import { EchoClient } from '../clients/echo-client.js';
import type { Run } from '../clients/run.js';
import type { Crowd } from './crowd.js';

/** Connections that are being opened or released at the same time. */
const WINDOW = 128;

class Holder extends EchoClient {
  readonly #done: () => void;
  #released = false;

  constructor(run: Run, done: () => void) {
    super(run);
    this.#done = done;
  }

  protected override established(socket: Socket): void {
    this.speak(socket);
  }

  /** A connection that was lost while it was idle counted as a failure when the loss was seen. */
  release(): void {
    if (this.socket === undefined) {
      this.#done();
      return;
    }
    this.#released = true;
    this.began_ms = this.run.engine.clock();
    this.progress_ms = this.began_ms;
    this.run.joined(this);
    this.speak(this.socket);
  }

  protected override echoed(): void {
    this.run.tally.succeeded(this.run.engine.now - this.began_ms);
    if (this.#released) this.close('graceful');
    else this.run.left(this);
    this.#done();
  }

  protected override fail(cause: string): void {
    super.fail(this.#released ? `after idling: ${cause}` : cause);
    this.#done();
  }
}

export class IdleCrowd implements Crowd {
  readonly #run: Run;
  #holders: Holder[] = [];
  #next = 0;
  #free = 0;
  #proceeding = false;
  #step: (holder: Holder) => void = () => {};

  constructor(run: Run) {
    this.#run = run;
  }

  grow(connections: number): Outcome {
    const done = () => this.#proceed(1);
    const before = this.#holders.length;
    while (this.#holders.length < connections) this.#holders.push(new Holder(this.#run, done));
    return this.#each(before, (holder) => holder.open());
  }

  /** It is silent. */
  beat(): void {}

  release(): Outcome {
    const outcome = this.#each(0, (holder) => holder.release());
    this.#holders = [];
    return outcome;
  }

  #each(first: number, step: (holder: Holder) => void): Outcome {
    this.#next = first;
    this.#free = 0;
    this.#step = step;
    return this.#run.carryOut(Number.POSITIVE_INFINITY, () => this.#proceed(WINDOW));
  }

  /** A loop and not a recursion, because a step may finish at once and call this method again. */
  #proceed(places: number): void {
    this.#free += places;
    if (this.#proceeding) return;
    this.#proceeding = true;
    for (; this.#free > 0 && this.#next < this.#holders.length; this.#next += 1) {
      this.#free -= 1;
      this.#step(this.#holders[this.#next]);
    }
    this.#proceeding = false;
  }
}
