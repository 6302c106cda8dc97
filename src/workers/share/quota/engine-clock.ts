// The engine's clock as this thread sees it, by what TIME has said: no clock of a gateway is compared with that of another one.
import type { Reply } from '../engine/engine.js';

export class EngineClock {
  #ahead: number | undefined;

  /** The engine's time at `now`, in ms; undefined before it has been told. */
  at(now: number): number | undefined {
    return this.#ahead === undefined ? undefined : now + this.#ahead;
  }

  /** `reply`: to TIME, asked at `sent` and heard at `now`. False if it is none. */
  told(reply: Reply | undefined, sent: number, now: number): boolean {
    const [seconds, micros] = Array.isArray(reply) ? reply.map((part) => Number(String(part))) : [];
    if (!Number.isFinite(seconds) || !Number.isFinite(micros)) return false;
    this.#ahead = Number(seconds) * 1000 + Number(micros) / 1000 - (sent + now) / 2;
    return true;
  }

  /** Another engine has another clock. */
  forget(): void {
    this.#ahead = undefined;
  }
}
