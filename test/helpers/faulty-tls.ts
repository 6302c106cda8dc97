// A TLS actor that goes wrong on a test's order: this entry of the actor's thread replaces the real one and runs it. The test
// calls `tlsGoesWrong` in its own thread.
import { BroadcastChannel } from 'node:worker_threads';
import type { TlsStart } from '../../src/threads/contracts/start.js';
import { run as serve } from '../../src/workers/tls/actor.js';

/** Throw, end the thread, or spin. */
export type TlsFault = 'throw' | 'exit' | 'spin';

export const FAULTY_TLS = new URL('./faulty-tls.js', import.meta.url);
const CHANNEL = 'faults of the TLS actor';

export function tlsGoesWrong(fault: TlsFault): void {
  const orders = new BroadcastChannel(CHANNEL);
  orders.postMessage(fault);
  orders.close();
}

export async function run(start: TlsStart): Promise<void> {
  const orders = new BroadcastChannel(CHANNEL);
  orders.onmessage = (event) => {
    switch ((event as { readonly data: TlsFault }).data) {
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
  };
  orders.unref();
  try {
    await serve(start);
  } finally {
    orders.close();
  }
}
