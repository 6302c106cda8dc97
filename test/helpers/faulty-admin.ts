// An admin actor that goes wrong on a test's order: this entry of the actor's thread replaces the real one and runs it. The test
// calls `adminGoesWrong` in its own thread.
import { BroadcastChannel } from 'node:worker_threads';
import type { AdminStart } from '../../src/threads/contracts/start.js';
import { run as serve } from '../../src/workers/admin/actor.js';

/** Throw, end the thread, or spin. */
export type AdminFault = 'throw' | 'exit' | 'spin';

export const FAULTY_ADMIN = new URL('./faulty-admin.js', import.meta.url);
const CHANNEL = 'faults of the admin actor';

export function adminGoesWrong(fault: AdminFault): void {
  const orders = new BroadcastChannel(CHANNEL);
  orders.postMessage(fault);
  orders.close();
}

export async function run(start: AdminStart): Promise<void> {
  const orders = new BroadcastChannel(CHANNEL);
  orders.onmessage = (event) => {
    switch ((event as { readonly data: AdminFault }).data) {
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
