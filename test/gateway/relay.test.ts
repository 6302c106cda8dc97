// What is carried between client and destination arrives as it was sent, both ways at once, and each direction ends by
// itself.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { inBothEngines } from '../helpers/gateway-world.js';
import { PeerServer, TestServer } from '../helpers/servers.js';
import { hashStream, sendStream } from '../helpers/servers-stream.js';
import { through } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

const MB_100 = 100 * 1024 * 1024;

for (const [how, config] of [
  ['spliced', {}],
  ['copied', { limits: { pipes_max: 0 } }],
] as const) {
  inBothEngines(`100 MB each way at once arrive unchanged, ${how}`, async (world) => {
    const accepted: Socket[] = [];
    const server = world.use(await TestServer.listen((socket) => accepted.push(socket)));
    const gateway = await world.gateway({ ...config, log_level: 'debug' });
    const { socket: client } = world.use(await through(gateway.port, server));
    client.removeAllListeners('data');
    await until('the destination has the connection', () => accepted.length === 1);
    const [destination] = accepted;
    const [up, down, arrivedUp, arrivedDown] = await Promise.all([
      sendStream(client, 1, MB_100),
      sendStream(destination, 2, MB_100),
      hashStream(destination),
      hashStream(client),
    ]);
    assert.equal(arrivedUp, up);
    assert.equal(arrivedDown, down);
    assert.notEqual(up, down);
    const record = await gateway.connection(server);
    assert.deepEqual([record['bytes_up'], record['bytes_down'], record.ending], [MB_100, MB_100, 'complete']);
  });
}

inBothEngines('a client that ends first still gets all of the answer', async (world) => {
  const server = world.use(await PeerServer.listen());
  const gateway = await world.shared();
  const client = world.use(await through(gateway.port, server));
  client.send('question');
  client.end();
  const destination = await server.accepted();
  assert.equal((await destination.rest()).toString(), 'question');
  for (const part of ['a', 'slow', 'answer']) {
    destination.send(part);
    assert.equal((await client.read(part.length)).toString(), part);
  }
  destination.end();
  assert.equal(await client.ended(), 'eof');
});

inBothEngines('a destination that ends first still gets all of the question', async (world) => {
  const server = world.use(await PeerServer.listen());
  const gateway = await world.shared();
  const client = world.use(await through(gateway.port, server));
  const destination = await server.accepted();
  destination.send('welcome and goodbye');
  destination.end();
  assert.equal((await client.rest()).toString(), 'welcome and goodbye');
  for (const part of ['a', 'long', 'question']) {
    client.send(part);
    assert.equal((await destination.read(part.length)).toString(), part);
  }
  client.end();
  assert.equal(await destination.ended(), 'eof');
});

inBothEngines('a destination that speaks first is heard before the client says anything', async (world) => {
  const server = world.use(await TestServer.listen((socket) => socket.end('220 ready\r\n')));
  const gateway = await world.shared();
  const client = world.use(await through(gateway.port, server));
  assert.equal((await client.rest()).toString(), '220 ready\r\n');
  assert.equal(client.ending, 'eof');
});

inBothEngines('both directions half-closed at once end the connection', async (world) => {
  const server = world.use(await PeerServer.listen());
  const gateway = await world.shared();
  const client = world.use(await through(gateway.port, server));
  const destination = await server.accepted();
  client.end();
  destination.end();
  assert.equal(await client.ended(), 'eof');
  assert.equal(await destination.ended(), 'eof');
});
