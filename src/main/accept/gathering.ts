// Lets clients gather in the backlog under load, so that main wakes once for several.
import type { Dispatcher } from './dispatcher.js';

/**
 * When one look accepts MANY clients, more are on the way: instead of waking for each, the acceptor lets them gather in the
 * backlog for GATHER_MS. It does so only while every actor has something to do: an actor that runs out of work rings
 * main.
 */
const MANY = 4;
const GATHER_MS = 1;

export class Gathering {
  readonly #dispatcher: Pick<Dispatcher, 'rest' | 'areBusy' | 'rouse'>;
  /** 0 when clients need not wait. */
  #until = 0;

  constructor(dispatcher: Pick<Dispatcher, 'rest' | 'areBusy' | 'rouse'>) {
    this.#dispatcher = dispatcher;
  }

  /** A look has accepted so many clients. */
  looked(count: number, now: number): void {
    this.#until = count >= MANY && this.#dispatcher.rest() ? now + GATHER_MS : 0;
  }

  get isOn(): boolean {
    return this.#until > 0;
  }

  /** How much longer it may last, in ms; not above 0 when it is over. */
  left(now: number): number {
    return this.#until - now;
  }

  /** Whether clients are to gather for longer. */
  goesOn(now: number): boolean {
    if (this.#until === 0) return false;
    if (now < this.#until && this.#dispatcher.areBusy) return true;
    this.#dispatcher.rouse();
    return false;
  }
}
