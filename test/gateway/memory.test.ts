// The winner for a destination is remembered: next time it is dialled alone, and when it fails it is forgotten and the
// others are raced.
import assert from 'node:assert/strict';
import { deferred } from '../helpers/dns-server.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

inBothEngines('the winner is dialled alone, and when it fails the others are raced', async (world) => {
  const server = world.use(await echoServer());
  const { promise, resolve } = deferred();
  const fast = world.use(await TrickProxy.listen('works'));
  const slow = world.use(await TrickProxy.listen({ after: promise }));
  const upstream = { type: 'multipath', list: [slow.line, fast.line] };
  const gateway = await world.gateway({ upstream, workers: 1 });
  const visit = async () => {
    const client = await through(gateway.port, server);
    client.send('x');
    await client.read(1);
    client.close();
    return [fast.count, slow.count];
  };
  assert.deepEqual(await visit(), [1, 1]);
  assert.deepEqual(await visit(), [2, 1]);
  const other = world.use(await through(gateway.port, { host: 'localhost', port: server.port }));
  assert.deepEqual([fast.count, slow.count], [3, 2], 'another destination is raced anew');
  other.close();
  fast.trick = { rep: 5 };
  resolve();
  assert.deepEqual(await visit(), [4, 3]);
  assert.deepEqual(await visit(), [4, 4]);
  slow.trick = { rep: 5 };
  await assert.rejects(visit(), /REP 5$/);
  assert.deepEqual([fast.count, slow.count], [5, 5]);
});

inBothEngines('what one actor has learned the others know soon', async (world) => {
  const server = world.use(await echoServer());
  const never = deferred();
  const fast = world.use(await TrickProxy.listen('works'));
  const slow = world.use(await TrickProxy.listen({ after: never.promise }));
  const upstream = { type: 'multipath', list: [slow.line, fast.line] };
  const gateway = await world.gateway({ upstream, workers: 2 });
  // The first connection stays, so that the next ones go to the other actor.
  world.use(await through(gateway.port, server));
  await until('the slow line was let go', () => slow.open === 0);
  const later = { host: '127.0.0.1', port: server.port };
  let raced = slow.count;
  for (let tries = 0; ; tries += 1) {
    const client = await through(gateway.port, later);
    client.close();
    if (slow.count === raced) break;
    raced = slow.count;
    assert.ok(tries < 200, 'the other actor never learned it');
  }
});

inBothEngines('a direct line wins by the address that answered', async (world) => {
  const server = world.use(await echoServer());
  const { port } = await world.gateway({ workers: 1 });
  // localhost is ::1 too, where nobody listens.
  for (let visit = 0; visit < 3; visit += 1) {
    const client = world.use(await through(port, { host: 'localhost', port: server.port }));
    client.send('x');
    assert.equal((await client.read(1)).toString(), 'x');
  }
});
