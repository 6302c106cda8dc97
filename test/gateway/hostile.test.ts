// Clients that mean harm before their connection is made: the bytes of one protocol within another, one byte at a time in every
// state, and heads as long as may be. Each is answered or closed in time, and others are served.
import assert from 'node:assert/strict';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { lines, readAnswer, readHead } from '../helpers/http-peer.js';
import { echoServer, PeerServer } from '../helpers/servers.js';
import { greeting, request, through } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';

const TIMEOUT_MS = 400;
const PACE_MS = 20;
const USERS = { alice: { password: 'sekrit' } };
const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const HEAD_MAX = 16_384;

/** Beginnings that any number of letters may follow, by the state that the client is then in. */
const STATES: Readonly<Record<string, readonly [begun: Buffer, config: object]>> = {
  'a SOCKS5 greeting': [Buffer.from([5, 255]), {}],
  'a SOCKS5 name and password': [Buffer.concat([greeting([2]), Buffer.from([1, 255])]), { users: USERS }],
  'a SOCKS5 name and password that nobody wants': [Buffer.concat([greeting([2]), Buffer.from([1, 255])]), {}],
  'the name of a SOCKS5 request': [Buffer.concat([greeting(), Buffer.from([5, 1, 0, 3, 255])]), {}],
  'a SOCKS4 user id': [Buffer.from([4, 1, 0, 80, 127, 0, 0, 1]), {}],
  'a SOCKS4a name': [Buffer.from([4, 1, 0, 80, 0, 0, 0, 1, 0]), {}],
  'a method of HTTP': [Buffer.from('A'), {}],
  'an HTTP target': [Buffer.from('CONNECT a'), {}],
  'a name of a field': [Buffer.from(`GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\nX`), {}],
  'a value of a field, of a client without a name': [
    Buffer.from('CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\nX: '),
    { users: USERS },
  ],
  'a method that the listener does not speak': [
    Buffer.from('A'),
    { port: undefined, listen: [{ protocols: ['socks5'], port: 0 }] },
  ],
  'a PROXY header of version 1': [Buffer.from('PROXY UNKNOWN '), behindProxy()],
  'a PROXY header of version 2': [Buffer.concat([SIGNATURE, Buffer.from([0x21, 0x11, 1, 0])]), behindProxy()],
  'a greeting behind a PROXY header': [Buffer.from('PROXY UNKNOWN\r\n\x05\xff', 'latin1'), behindProxy()],
};

function behindProxy(): object {
  return {
    port: undefined,
    listen: [{ port: 0, allow_clients: ['0.0.0.0/0'], proxy_protocol: { from: ['127.0.0.1'] } }],
  };
}

inBothEngines(
  'a client that sends a byte at a time ends at the handshake’s deadline, in every state',
  async (world) => {
    const trickle = async ([begun, config]: readonly [Buffer, object]): Promise<void> => {
      const { port } = await world.shared({ handshake_timeout_ms: TIMEOUT_MS, ...config });
      const peer = world.use(await Peer.connect(port));
      const since = performance.now();
      for (const byte of begun) peer.send(Buffer.from([byte]));
      const pace = setInterval(() => peer.send('a'), PACE_MS);
      try {
        await peer.ended();
      } finally {
        clearInterval(pace);
      }
      const took = performance.now() - since;
      assert.ok(took >= TIMEOUT_MS - 50 && took < TIMEOUT_MS + 3000, `closed after ${took} ms`);
    };
    for (const [state, how] of Object.entries(STATES)) {
      await trickle(how).catch((error: Error) => assert.fail(`${state}: ${error.message}`));
    }
  },
);

const HELLOS: readonly Buffer[] = [
  greeting(),
  greeting([2]),
  request({ host: 'a.test', port: 80 }),
  Buffer.from([1, 1, 97, 1, 98]),
  Buffer.from([4, 1, 0, 80, 127, 0, 0, 1, 0]),
  Buffer.from(lines('GET http://a.test/ HTTP/1.1', 'Host: a.test')),
  Buffer.from(lines('CONNECT a.test:443 HTTP/1.1', 'Host: a.test:443')),
  Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]),
  Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n'),
  Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 5678 1080\r\n'),
  Buffer.concat([SIGNATURE, Buffer.from([0x21, 0x11, 0, 12, 192, 0, 2, 1, 192, 0, 2, 2, 0, 1, 0, 2])]),
];

inBothEngines(
  'bytes of one protocol within those of another are answered or closed, on every kind of listener',
  async (world) => {
    const server = world.use(await echoServer());
    for (const config of [{}, { users: USERS }, behindProxy()]) {
      const gateway = await world.gateway({
        handshake_timeout_ms: TIMEOUT_MS,
        hosts: { 'a.test': '127.0.0.1' },
        ...config,
      });
      const mixed = HELLOS.flatMap((one) =>
        HELLOS.flatMap((other) =>
          [1, one.length >> 1, one.length].map((cut) => Buffer.concat([one.subarray(0, cut), other])),
        ),
      );
      await Promise.all(
        mixed.map(async (bytes) => {
          const peer = world.use(await Peer.connect(gateway.port));
          peer.send(bytes);
          peer.end();
          await peer.ended();
          peer.close();
        }),
      );
      await gateway.idle();
      const wrong = gateway.records.filter(({ level }) => level === 'error' || level === 'fatal');
      assert.deepEqual(wrong, []);
      if (!('users' in config) && !('listen' in config)) await isServed(world, gateway.port, server.port);
    }
  },
  60_000,
);

async function isServed(world: World, port: number, destination: number): Promise<void> {
  const client = world.use(await through(port, { host: '127.0.0.1', port: destination }));
  client.send('still here');
  assert.equal((await client.read(10)).toString(), 'still here');
  client.close();
}

/** A request whose head has that many bytes. */
function headOf(size: number, host: string): string {
  const [begin, end] = [`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nX: `, '\r\n\r\n'];
  return `${begin}${'a'.repeat(size - begin.length - end.length)}${end}`;
}

inBothEngines('a head of 16 KiB is taken, and one byte more is 431', async (world) => {
  const server = world.use(await PeerServer.listen());
  const { port } = await world.shared();
  const host = `127.0.0.1:${server.port}`;
  const taken = world.use(await Peer.connect(port));
  taken.send(headOf(HEAD_MAX, host));
  const destination = await server.accepted();
  assert.match(await readHead(destination), /^GET \/ HTTP\/1\.1\r\n/);
  for (const size of [HEAD_MAX + 1, 10 * HEAD_MAX]) {
    const peer = world.use(await Peer.connect(port));
    peer.send(headOf(size, host));
    assert.equal((await readAnswer(peer)).status, 431);
  }
  assert.equal(server.peers.length, 1);
});

inBothEngines('500 clients that flood heads hold nobody up, and are gone at the deadline', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.gateway({ handshake_timeout_ms: 3000 });
  const head = headOf(HEAD_MAX, 'a.test').slice(0, -1);
  const flood = await Promise.all(
    Array.from({ length: 500 }, async () => {
      const peer = world.use(await Peer.connect(gateway.port));
      peer.send(head);
      return peer;
    }),
  );
  for (let visit = 0; visit < 10; visit += 1) await isServed(world, gateway.port, server.port);
  await until('all are closed', () => flood.every(({ ending }) => ending !== 'open'));
  await gateway.idle();
});
