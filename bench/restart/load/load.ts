// The process that makes the mixed load. It carries out orders (messages.ts) from its IPC channel, and ends with the channel.
import { openEngine } from '../../../src/linux/engine/choose.js';
import type { Engine } from '../../../src/linux/engine/engine.js';
import { Loop } from '../../../src/linux/engine/loop.js';
import { raiseFileLimit } from '../../process/file-limit.js';
import type { LoadOrder, LoadReport } from './messages.js';
import { MixedLoad } from './mix.js';

/** Connections begin when they are due, to the millisecond. */
const TURN_MS = 1;
const IDLE_TURN_MS = 50;

let load: MixedLoad | undefined;
/** What is reported next, when it has come to pass. */
let awaited: { readonly isReached: () => boolean; readonly report: () => LoadReport } | undefined;

function report(message: LoadReport): void {
  process.send?.(message);
}

const done = (): LoadReport => ({ kind: 'done' });

function carryOut(engine: Engine, order: LoadOrder): void {
  if (order.kind === 'begin') load = new MixedLoad(engine, order.mix);
  const current = load;
  if (current === undefined) throw new Error(`${order.kind}: no load has begun`);
  switch (order.kind) {
    case 'begin':
      report(done());
      break;
    case 'changing':
      current.change(order.isChanging);
      report(done());
      break;
    case 'reach':
      awaited = { isReached: () => current.begun >= order.begun, report: done };
      break;
    case 'end':
      current.end();
      awaited = {
        isReached: () => current.open === 0,
        report: () => ({ kind: 'outcome', outcome: current.outcome }),
      };
      break;
    default:
      order satisfies never;
  }
}

function turned(loop: Loop): void {
  load?.turn();
  if (awaited?.isReached() !== true) return;
  report(awaited.report());
  awaited = undefined;
  // What is sent may wait for libuv.
  loop.leave();
}

function start(): void {
  raiseFileLimit();
  const chosen = openEngine('auto');
  if ('code' in chosen) throw new Error(chosen.reason);
  const { engine } = chosen;
  const loop: Loop = new Loop(engine, {
    mayWait: () => (load === undefined ? IDLE_TURN_MS : TURN_MS),
    turned: () => turned(loop),
  });
  process.on('message', (order) => carryOut(engine, order as LoadOrder));
  loop.run().catch((error: unknown) => {
    process.stderr.write(`the load failed: ${String(error)}\n`);
    process.exit(1);
  });
  report({ kind: 'ready' });
}

process.on('disconnect', () => process.exit());
// Ctrl-C in a terminal signals the whole process group: the bench ends its children itself.
process.on('SIGINT', () => {});
start();
