// The generator, a process of its own: carries out one order after the other (messages.ts) from its IPC channel, and ends with
// the channel.
import { raiseFileLimit } from '../../process/file-limit.js';
import { Field } from './field.js';
import { Letters } from './letters.js';
import type { Order, Report } from './messages.js';
import { Run } from './run.js';

let field: Field | undefined;
let port = 0;

async function carryOut(order: Order): Promise<Report> {
  switch (order.kind) {
    case 'open':
      port = order.farEnd;
      try {
        field = await Field.open(order.proxy, order.shape);
      } catch (error) {
        return { kind: 'refused', cause: (error as Error).message };
      }
      return { kind: 'opened' };
    case 'load': {
      if (field === undefined) throw new Error('load: nothing is open');
      const letters = new Letters(port, field.shape, order.load.size);
      return { kind: 'outcome', outcome: new Run(field, letters, order.load).carryOut() };
    }
    case 'close':
      field?.close();
      field = undefined;
      return { kind: 'closed' };
    default:
      return order satisfies never;
  }
}

const report = (message: Report): void => void process.send?.(message);

process.on('message', (order) => void carryOut(order as Order).then(report));
process.on('disconnect', () => process.exit());
// Ctrl-C in a terminal signals the whole process group: the bench ends its children itself.
process.on('SIGINT', () => {});
raiseFileLimit();
report({ kind: 'ready' });
