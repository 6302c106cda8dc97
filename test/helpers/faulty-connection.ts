// A connection actor that goes wrong on a test's order: this entry of the actor's thread replaces the real one and runs it.
// The test calls `goWrong` in its own thread.
import { BroadcastChannel } from 'node:worker_threads';
import type { ConnectionStart } from '../../src/threads/contracts/start.js';
import { FdQueue } from '../../src/threads/shared/fd-queue.js';
import { run as serve } from '../../src/workers/connection/actor.js';

/** Throw in the loop, end the thread, spin without a turn, or fill the heap: at once (hog), or turn by turn (leak). */
export type Fault = 'throw' | 'exit' | 'spin' | 'hog' | 'leak';

/** The entries of actors for startGateway, with this one for connection actors. */
export const FAULTY_ENTRIES = {
  connection: new URL('./faulty-connection.js', import.meta.url),
  names: new URL('../../src/workers/dns/actor.js', import.meta.url),
  routes: new URL('../../src/workers/routes/actor.js', import.meta.url),
};

const CHANNEL = 'faults of connection actors';
/** Half a MiB leaks in this interval: far less between two looks at the heap than the free space that the heap watch keeps. */
const LEAK_EVERY_MS = 25;

interface Order {
  readonly actor: number;
  readonly fault: Fault;
}

/** Makes an actor of this process go wrong, by its number. */
export function goWrong(actor: number, fault: Fault): void {
  const orders = new BroadcastChannel(CHANNEL);
  orders.postMessage({ actor, fault } satisfies Order);
  orders.close();
}

/** The entry of the thread. */
export async function run(start: ConnectionStart): Promise<void> {
  const orders = new BroadcastChannel(CHANNEL);
  orders.onmessage = (event) => {
    const { actor, fault } = (event as { readonly data: Order }).data;
    if (actor === start.actor) commit(fault);
  };
  orders.unref();
  try {
    await serve(start);
  } finally {
    orders.close();
    inEachTurn(undefined);
  }
}

function commit(fault: Fault): void {
  switch (fault) {
    case 'throw':
      inEachTurn(() => {
        throw new Error('injected fault');
      });
      break;
    case 'exit':
      process.exit(3);
      break;
    case 'spin':
      for (;;) Math.random();
    case 'hog': {
      const hoard: number[][] = [];
      for (;;) hoard.push(new Array(1024).fill(hoard.length));
    }
    case 'leak':
      inEachTurn(leak);
      break;
    default:
      fault satisfies never;
  }
}

const leaked: number[][] = [];
let leaks_at = 0;

function leak(): void {
  const now = performance.now();
  if (now < leaks_at) return;
  leaks_at = now + LEAK_EVERY_MS;
  leaked.push(new Array(65_536).fill(leaked.length));
}

const { wakeUp, fallAsleep } = FdQueue.prototype;

/** Acts in each turn, when the actor looks at its queue. As long as it acts, the actor does not wait. */
function inEachTurn(act: (() => void) | undefined): void {
  FdQueue.prototype.fallAsleep = act === undefined ? fallAsleep : () => false;
  FdQueue.prototype.wakeUp = function (this: FdQueue): void {
    act?.();
    wakeUp.call(this);
  };
}
