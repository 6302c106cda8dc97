// Whether an actor without an engine is alive: the beats of its pulse, which main reads without waking it. An actor that has
// missed two checks is asked, since a thread that is starved of CPU time may answer before its timer fires.
import { Pulse } from '../../threads/pulse.js';

export class SignsOfLife {
  #beats = Pulse.memory();
  #seen = 0;
  #missed = 0;
  /** The last beat whose lateness was asked for. */
  #heard = 0;

  /** Memory for the beats of an actor that is being started. */
  begin(): SharedArrayBuffer {
    this.#beats = Pulse.memory();
    this.#seen = 0;
    this.#missed = 0;
    this.#heard = 0;
    return this.#beats;
  }

  /** The beats so far. */
  beat(): number {
    return Pulse.read(this.#beats);
  }

  /** How late the last beat was, in ms; undefined if there was none since the last call. */
  late(): number | undefined {
    const beat = this.beat();
    if (beat === this.#heard) return undefined;
    this.#heard = beat;
    return Pulse.late_ms(this.#beats);
  }

  /** Resolves with whether there was a sign of life since the last call. `ask` resolves when the actor answers, or never. */
  async shown(ask: () => Promise<true>): Promise<boolean> {
    const before = this.#seen;
    this.#seen = this.beat();
    this.#missed = this.#seen === before ? this.#missed + 1 : 0;
    return this.#missed < 2 ? this.#missed === 0 : ask();
  }
}
