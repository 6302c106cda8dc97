// The open loop: connections begin at random times, whether or not earlier ones have ended, as those of independent users
// do (a Poisson process). Each is opened, used for one echo and closed. Its latency counts from the time at which it was
// meant to begin: where the subject or this generator is late, the wait is part of it.
import type { Socket } from '../../../src/linux/engine/socket.js';
import { gap } from '../../shared/arrivals.js';
import type { Outcome } from '../../shared/messages.js';
import { EchoClient } from '../clients/echo-client.js';
import type { Arrivals, Run } from '../clients/run.js';

class Visitor extends EchoClient {
  /** Clients that carry no connection now. */
  readonly #resting: Visitor[];
  #due_ms = 0;

  constructor(run: Run, resting: Visitor[]) {
    super(run);
    this.#resting = resting;
  }

  visit(due_ms: number): void {
    this.#due_ms = due_ms;
    this.open();
  }

  protected override established(socket: Socket): void {
    this.speak(socket);
  }

  protected override echoed(): void {
    this.run.tally.succeeded(this.run.engine.now - this.#due_ms);
    this.close('graceful');
    this.#resting.push(this);
  }
}

/** `rate`: connections a second on average. */
export function openLoop(run: Run, rate: number, duration_ms: number): Outcome {
  const resting: Visitor[] = [];
  let due_ms = Number.NaN;
  const arrivals: Arrivals = {
    begin(now_ms, until_ms) {
      if (Number.isNaN(due_ms)) due_ms = now_ms + gap(rate, Math.random());
      while (due_ms <= now_ms && due_ms < until_ms) {
        (resting.pop() ?? new Visitor(run, resting)).visit(due_ms);
        due_ms += gap(rate, Math.random());
      }
      return due_ms < until_ms ? due_ms : undefined;
    },
  };
  return run.carryOut(duration_ms, () => {}, { arrivals });
}
