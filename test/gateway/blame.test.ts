// A line that fails for one destination while another line works is passed over for that destination, however it says that
// it failed, and stays in use for all others.
import assert from 'node:assert/strict';
import { deferred } from '../helpers/dns-server.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { type Trick, TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';

const VISITS = 30;

const WAYS: readonly (readonly [string, Trick])[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 240].map((rep) => [`REP ${rep}`, { rep }] as const),
  ['hanging up', 'hangs-up'],
];

async function visits(port: number, destination: { host: string; port: number }, count: number): Promise<void> {
  for (let visit = 0; visit < count; visit += 1) {
    const client = await through(port, destination);
    client.send('x');
    await client.read(1);
    client.close();
  }
}

/** Two lines: the first is the remembered one for every destination. */
async function lines(world: World) {
  const server = world.use(await echoServer());
  const first = world.use(await TrickProxy.listen('works'));
  const { promise, resolve } = deferred();
  const second = world.use(await TrickProxy.listen({ after: promise }));
  const upstream = { type: 'multipath', list: [first.line, second.line] };
  const gateway = await world.gateway({ upstream, workers: 1 });
  return { server, first, second, gateway, letSecondWork: resolve };
}

inBothEngines('a proxy that fails a destination in any way is asked for it once, not thirty times', async (world) => {
  const { server, first, second, gateway, letSecondWork } = await lines(world);
  const destinationOf = (way: number) => ({ host: `way-${way}.test`, port: server.port });
  const other = { host: 'other.test', port: server.port };
  // The very first connections are slow, and a line that seems slow would lose its place without any blame.
  await visits(gateway.port, other, 3);
  for (const way of WAYS.keys()) await visits(gateway.port, destinationOf(way), 1);
  letSecondWork();
  for (const [way, [what, trick]] of WAYS.entries()) {
    first.trick = trick;
    const before = first.asked.length;
    await visits(gateway.port, destinationOf(way), VISITS);
    assert.deepEqual([what, first.asked.length - before], [what, 1]);
  }
  // One bad name says nothing of the line: what it is remembered for still begins with it, and with it alone.
  first.trick = 'works';
  const before = [first.count, second.count];
  await visits(gateway.port, other, 3);
  assert.deepEqual([first.count, second.count], [(before[0] as number) + 3, before[1]]);
  // Only a proxy that does not know CONNECT is one that the operator must mend.
  const loud = gateway.records.filter(({ level }) => level === 'error' || level === 'warn');
  assert.deepEqual(
    loud.map(({ level, cause, detail, line }) => [level, cause, detail, line]),
    [['warn', 'proxy-protocol', 'REP 7', `socks5 127.0.0.1:${first.port}`]],
  );
});
