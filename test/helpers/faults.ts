// What a test orders from its own thread to go wrong in that of an actor.
import { BroadcastChannel } from 'node:worker_threads';

/** Throw, end the thread, or spin. */
export type Fault = 'throw' | 'exit' | 'spin';
export const FAULTS: readonly Fault[] = ['throw', 'exit', 'spin'];

export class Faults {
  readonly #channel: string;

  /** `actor`: whose faults they are, the same in both threads. */
  constructor(actor: string) {
    this.#channel = `faults of the ${actor}`;
  }

  order(fault: Fault): void {
    const orders = new BroadcastChannel(this.#channel);
    orders.postMessage(fault);
    orders.close();
  }

  /** Runs the actor, and goes wrong in its thread when that is ordered. */
  async during(serve: () => Promise<void>): Promise<void> {
    const orders = new BroadcastChannel(this.#channel);
    orders.onmessage = (event) => goWrong((event as { readonly data: Fault }).data);
    orders.unref();
    try {
      await serve();
    } finally {
      orders.close();
    }
  }
}

function goWrong(fault: Fault): void {
  switch (fault) {
    case 'throw':
      setImmediate(() => {
        throw new Error('injected fault');
      });
      break;
    case 'exit':
      process.exit(3);
      break;
    default:
      for (;;) Math.random();
  }
}
