// A line that says "connected" before it is: found out by a probe, or by what clients meet with, and then no longer the
// winner only because it is quick to say so.
import assert from 'node:assert/strict';
import { deferred } from '../helpers/dns-server.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer, PeerServer } from '../helpers/servers.js';
import { dial, through } from '../helpers/socks-client.js';
import { clientHello } from '../helpers/tls-hello.js';
import { TrickTls } from '../helpers/tls-trick.js';
import { until } from '../helpers/until.js';

const ANSWER = Uint8Array.of(22, 3, 3, 0, 1, 2);

inBothEngines('a probe finds the line out, which then waits for the others', async (world) => {
  const nowhere = world.use(await PeerServer.listen());
  const server = world.use(await echoServer());
  const early = world.use(await TrickProxy.listen({ early: nowhere.port }));
  const { promise, resolve } = deferred();
  const honest = world.use(await TrickProxy.listen('works'));
  const upstream = { type: 'multipath', list: [early.line, honest.line] };
  const race = { early_probe_interval_s: 1, first_byte_ms: 8000 };
  const gateway = await world.gateway({ upstream, workers: 1, race });
  await until('both lines were probed', () => early.asked.length > 0 && honest.asked.length > 0);
  assert.deepEqual([early.asked[0], honest.asked[0]], ['192.0.2.1', '192.0.2.1']);
  await until('the probes are over', () => early.open === 0 && honest.open === 0);
  honest.trick = { after: promise };
  const dialled = through(gateway.port, server);
  await until('both lines were tried', () => early.asked.includes('127.0.0.1') && honest.asked.includes('127.0.0.1'));
  resolve();
  const client = world.use(await dialled);
  client.send('through the honest one');
  assert.equal((await client.read(22)).toString(), 'through the honest one');
});

inBothEngines('where only a line that answers early is left, it is used', async (world) => {
  const server = world.use(await echoServer());
  const early = world.use(await TrickProxy.listen({ early: server.port }));
  const refusing = world.use(await TrickProxy.listen({ rep: 5 }));
  const upstream = { type: 'multipath', list: [early.line, refusing.line] };
  const gateway = await world.gateway({ upstream, workers: 1, race: { early_probe_interval_s: 1 } });
  await until('it was probed', () => early.asked.includes('192.0.2.1') && early.open === 0);
  const client = world.use(await through(gateway.port, server));
  client.send('x');
  assert.equal((await client.read(1)).toString(), 'x');
});

inBothEngines('silence behind its success, where another line gets an answer, finds it out too', async (world) => {
  const wrong = world.use(await TrickTls.listen('silent'));
  const early = world.use(await TrickProxy.listen({ early: wrong.port }));
  const honest = world.use(await TrickProxy.listen('works'));
  const upstream = { type: 'multipath', list: [early.line, honest.line] };
  const race = { early_probe_interval_s: 0, first_byte_ms: 100 };
  const gateway = await world.gateway({ upstream, workers: 1, race });
  const hello = await clientHello();
  for (let visit = 0; visit < 3; visit += 1) {
    // Every destination is a new one, so that no memory helps.
    const server = world.use(await PeerServer.listen());
    const gate = deferred();
    honest.trick = { after: gate.promise };
    const client = world.use(await through(gateway.port, server));
    client.send(hello);
    await until('the wrong server has it', () => wrong.hellos.length === visit + 1);
    gate.resolve();
    const destination = await server.accepted();
    await destination.read(hello.length);
    // So long that the first one counts as late.
    await new Promise((resolve) => setTimeout(resolve, 120));
    destination.send(ANSWER);
    assert.deepEqual([...(await client.read(6))], [...ANSWER]);
  }
  // From now on it waits, and the honest line is the first to be told of.
  honest.trick = 'works';
  const server = world.use(await PeerServer.listen());
  const { peer, reply } = await dial(gateway.port, server);
  world.use(peer);
  assert.equal(reply.rep, 0);
  peer.send(hello);
  assert.ok((await (await server.accepted()).read(hello.length)).equals(hello));
  assert.equal(wrong.hellos.length, 3);
});
