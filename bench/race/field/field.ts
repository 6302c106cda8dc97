// The field: one process with everything at the far end, the ways with their faults and the servers behind them. It carries
// out one order after the other from its IPC channel and ends with the channel.
import { freePorts } from '../../peers/free-ports.js';
import { raiseFileLimit } from '../../process/file-limit.js';
import type { FieldOrder, FieldReport, Laid, ServicePorts, WayPlan } from './messages.js';
import { Services } from './services.js';
import { Way } from './way.js';

let ways: Way[] = [];

function report(message: FieldReport): void {
  process.send?.(message);
}

async function lay(plans: readonly WayPlan[], services: Services): Promise<Laid> {
  for (const way of ways) await way.close();
  const [tls, retry, echo, banner] = await freePorts(4);
  const asked: ServicePorts = { tls, retry, echo, banner };
  const ports = await freePorts(plans.length);
  const places = plans.map(({ kind }, index) =>
    kind === 'proxy' ? { host: '127.0.0.1', port: ports[index] } : { host: `127.0.1.${index + 1}`, port: 0 },
  );
  ways = plans.map((plan, index) => new Way(plan, places[index].host, places[index].port, asked, services.ports));
  for (const way of ways) await way.suffer(undefined);
  return { ways: places, services: asked, ca: services.ca, serverName: services.serverName };
}

async function carryOut(order: FieldOrder, services: Services): Promise<FieldReport> {
  switch (order.kind) {
    case 'lay':
      return { kind: 'laid', laid: await lay(order.ways, services) };
    case 'faults':
      for (const [index, way] of ways.entries()) await way.suffer(order.faults[index] ?? undefined);
      return { kind: 'set' };
    case 'count':
      return { kind: 'counted', counts: ways.map((way) => way.count()) };
    default:
      return order satisfies never;
  }
}

async function start(): Promise<void> {
  raiseFileLimit();
  const services = await Services.start();
  process.on('message', (order) => {
    carryOut(order as FieldOrder, services).then(report, (error: unknown) =>
      report({ kind: 'trouble', cause: String(error) }),
    );
  });
  report({ kind: 'ready' });
}

process.on('disconnect', () => process.exit());
// Ctrl-C in a terminal signals the whole process group: the bench ends its children itself.
process.on('SIGINT', () => {});
await start();
