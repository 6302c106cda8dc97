// What RFC 9110 and RFC 9112 ask of a proxy that only its sockets show: when a connection ends, what of a tunnel still arrives, and
// what becomes of responses.
import assert from 'node:assert/strict';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { lines, readAnswer, readHead } from '../helpers/http-peer.js';
import { PeerServer } from '../helpers/servers.js';
import { Peer } from '../helpers/socks-peer.js';

/** A client that has asked, and the destination that has its request. */
async function asked(world: World, request: (host: string) => string, isTunnel: boolean) {
  const server = world.use(await PeerServer.listen());
  const { port } = await world.shared();
  const client = world.use(await Peer.connect(port));
  client.send(request(`127.0.0.1:${server.port}`));
  const destination = await server.accepted();
  if (isTunnel) await readHead(client);
  else await readHead(destination);
  return { client, destination };
}

const connect = (host: string): string => lines(`CONNECT ${host} HTTP/1.1`, `Host: ${host}`);
const get = (host: string): string => lines(`GET http://${host}/ HTTP/1.1`, `Host: ${host}`);

inBothEngines(
  'RFC 9112, 9.6: behind an answer with close the proxy ends, and reads no further request',
  async (world) => {
    const server = world.use(await PeerServer.listen());
    const { port } = await world.shared();
    const good = get(`127.0.0.1:${server.port}`);
    for (const bad of [lines('GET / HTTP/1.1', 'Host: a'), get('127.0.0.1:0'), lines('GET / HTTP/2.0')]) {
      const client = world.use(await Peer.connect(port));
      client.send(`${bad}${good}`);
      const answer = await readAnswer(client);
      assert.match(answer.head, /\r\nConnection: close\r\n/);
      assert.equal(answer.head.match(/HTTP\/1\.1 /g)?.length, 1, 'one answer');
      assert.equal(client.ending, 'eof');
      client.send(good);
    }
    const last = world.use(await Peer.connect(port));
    last.send(good);
    await server.accepted();
    assert.equal(server.peers.length, 1, 'no request but the last one came');
  },
);

inBothEngines('RFC 9110, 9.3.6: what is left of a side that has closed reaches the other side', async (world) => {
  const bytes = Buffer.alloc(1 << 20, 'abcdefg');
  for (const from of ['client', 'destination'] as const) {
    const ends = await asked(world, connect, true);
    const [sender, receiver] = [ends[from], ends[from === 'client' ? 'destination' : 'client']];
    sender.send(bytes);
    sender.end();
    assert.ok((await receiver.rest()).equals(bytes));
    assert.equal(receiver.ending, 'eof');
    receiver.end();
    assert.equal(await sender.ended(), 'eof');
  }
});

inBothEngines('RFC 9110, 15.2: responses 1xx are forwarded, before the last one', async (world) => {
  const { client, destination } = await asked(world, get, false);
  for (const [line, fields] of [
    ['HTTP/1.1 100 Continue\r\n', '\r\n'],
    ['HTTP/1.1 103 Early Hints\r\n', 'Link: </a>\r\n\r\n'],
  ]) {
    destination.send(`${line}${fields}`);
    assert.equal(await readHead(client), `${line}Via: 1.1 tcproute\r\n${fields}`);
  }
  destination.send('HTTP/1.1 204 No Content\r\n\r\n');
  destination.end();
  assert.equal((await readAnswer(client)).status, 204);
});

inBothEngines('RFC 9110, 7.7: a response arrives as it was sent but for Via, no-transform or not', async (world) => {
  const line = 'HTTP/1.0 200 odd  reason\r\n';
  const rest =
    'Cache-Control: no-transform\r\nwww-authenticate:Basic  realm=x\r\nVia: 1.1 other\r\nX:\xe9\r\n\r\n\0\r\nbody';
  const { client, destination } = await asked(world, get, false);
  destination.send(Buffer.from(`${line}${rest}`, 'latin1'));
  destination.end();
  assert.equal((await client.rest()).toString('latin1'), `${line}Via: 1.0 tcproute\r\n${rest}`);
});

inBothEngines('RFC 9112, 9.5: a destination that ends before its response is an end without one', async (world) => {
  const { client, destination } = await asked(world, get, false);
  destination.end();
  assert.equal((await client.rest()).length, 0);
  assert.equal(client.ending, 'eof');
});
