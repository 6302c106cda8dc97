// The load generator: a process of its own, so that its CPU time counts neither for the subject nor for the target. It
// carries out one order after the other (shared/messages.ts) from its IPC channel and ends with the channel.
import { openEngine } from '../../src/linux/engine/choose.js';
import type { Engine } from '../../src/linux/engine/engine.js';
import { raiseFileLimit } from '../process/file-limit.js';
import type { GeneratorReport, Order, Outcome } from '../shared/messages.js';
import { Run } from './clients/run.js';
import { bulk } from './loads/bulk.js';
import { connect } from './loads/connect.js';
import type { Crowd } from './loads/crowd.js';
import { IdleCrowd } from './loads/idle.js';
import { openLoop } from './loads/open-loop.js';
import { ping } from './loads/ping.js';
import { SlowCrowd } from './loads/slow.js';

let crowd: Crowd | undefined;

function carryOut(engine: Engine, order: Order): Outcome {
  if (order.kind === 'release') {
    if (crowd === undefined) throw new Error('release: nothing is held');
    const outcome = crowd.release();
    crowd = undefined;
    return outcome;
  }
  if (order.kind === 'hold') {
    crowd ??=
      order.crowd === 'slow' ? new SlowCrowd(new Run(engine, order.way)) : new IdleCrowd(new Run(engine, order.way));
    return crowd.grow(order.connections);
  }
  const run = new Run(engine, order.way, crowd);
  switch (order.kind) {
    case 'connect':
      return connect(run, order.connections, order.duration_ms);
    case 'open':
      return openLoop(run, order.rate, order.duration_ms);
    case 'ping':
      return ping(run, order.connections, order.duration_ms);
    case 'bulk':
      return bulk(run, order.connections, order.duration_ms, order.direction);
    default:
      return order satisfies never;
  }
}

function report(message: GeneratorReport): void {
  process.send?.(message);
}

function start(): void {
  raiseFileLimit();
  const chosen = openEngine('auto');
  if ('code' in chosen) throw new Error(chosen.reason);
  const { engine } = chosen;
  process.on('message', (order) => report({ kind: 'outcome', outcome: carryOut(engine, order as Order) }));
  report({ kind: 'ready' });
}

process.on('disconnect', () => process.exit());
// Ctrl-C in a terminal signals the whole process group: the bench ends its children itself.
process.on('SIGINT', () => {});
start();
