// A proxy that is reached by TLS falls silent: the sessions that wait for it are reset, although its TCP socket is another thread's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from '../helpers/gateway-world.js';
import { fronted, NO_CERTIFICATE } from '../helpers/https-line.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer } from '../helpers/servers.js';
import { dial } from '../helpers/socks-client.js';

test('sessions through tunnels that hang are reset, and quiet ones are not', {
  skip: NO_CERTIFICATE ?? false,
  timeout: 60_000,
}, async () => {
  const world = new World('epoll');
  try {
    await scenario(world);
    await world.end();
  } catch (error) {
    await world.abort();
    throw error;
  }
});

async function scenario(world: World): Promise<void> {
  const sites = await Promise.all([echoServer(), echoServer(), echoServer()]);
  for (const site of sites) world.use(site);
  const { front, line } = await fronted(world);
  const second = world.use(await TrickProxy.listen('works'));
  const socks = { type: 'socks5', host: '127.0.0.1', port: second.port, name: 'second' };
  const gateway = await world.gateway({
    ...{ upstream: [{ ...line, name: 'first' }, socks], race: { margin_ms: 50 } },
  });
  // The first line is the one that is known to work.
  second.silence(true);
  const open = async (n: number) => {
    const { peer, reply } = await dial(gateway.port, sites[n % sites.length] as { host: string; port: number });
    assert.equal(reply.rep, 0);
    peer.send('x');
    await peer.read(1);
    return world.use(peer);
  };
  const [waiting, quiet] = [await Promise.all([0, 1, 2].map(open)), await Promise.all([0, 1, 2].map(open))];
  assert.equal(second.count, 0);
  second.silence(false);

  front.silence(true);
  for (const peer of waiting) peer.send('y');
  let n = 0;
  await gateway.loggedWhile('sessions over it that hung were reset', 30_000, async () => {
    (await open(n)).close();
    n += 1;
  });
  for (const peer of waiting) assert.equal(await peer.ended(), 'ECONNRESET');
  front.silence(false);
  for (const peer of quiet) {
    peer.send('z');
    assert.equal(String(await peer.read(1)), 'z');
  }
}
