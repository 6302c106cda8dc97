// Clients, proxies and DNS servers that say nearly the right thing, by dice: each client is answered or closed in time, no
// actor dies, nothing is left. TCPROUTE_TEST_CASES asks for more, TCPROUTE_TEST_SEED begins elsewhere; a failure says the seed.
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { type Dice, dice } from '../helpers/dice.js';
import { DnsServer, type Trick } from '../helpers/dns-server.js';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { mutated, pieces } from '../helpers/mutations.js';
import { echoServer, TestServer } from '../helpers/servers.js';
import { greeting, request, through } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';

const CASES = Number(process.env['TCPROUTE_TEST_CASES'] ?? 100);
const FIRST_SEED = Number(process.env['TCPROUTE_TEST_SEED'] ?? 1);
const AT_ONCE = 25;
const TIMEOUT_MS = 60_000 + CASES * 200;
/** Short, so that what waits in vain ends within the test. */
const LIMITS = { workers: 2, handshake_timeout_ms: 500, idle_timeout_ms: 1000, half_closed_timeout_ms: 500 };

async function cases(one: (roll: Dice) => Promise<void>): Promise<void> {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed += AT_ONCE) {
    const wave = Array.from({ length: AT_ONCE }, async (_, i) => {
      try {
        await one(dice(seed + i));
      } catch (error) {
        throw new Error(`seed ${seed + i}: ${(error as Error).message}`, { cause: error });
      }
    });
    await Promise.all(wave);
  }
}

async function unharmed(gateway: Gateway): Promise<void> {
  await gateway.idle();
  const wrong = gateway.records.filter(({ level }) => level === 'error' || level === 'fatal');
  assert.deepEqual(wrong, [], `first seed ${FIRST_SEED}`);
}

async function sendSome(peer: Peer, bytes: Buffer, roll: Dice): Promise<void> {
  for (const piece of pieces(bytes, roll)) {
    peer.send(piece);
    if (roll(2) === 0) await setImmediate();
  }
  if (roll(4) === 0) peer.reset();
  else if (roll(2) === 0) peer.end();
}

inBothEngines(
  'clients that speak nearly SOCKS5 are answered or closed, and others are served',
  async (world) => {
    const server = world.use(await echoServer());
    const gateway = await world.gateway(LIMITS);
    await cases(async (roll) => {
      const targets = [server, { host: 'localhost', port: server.port }, { host: '::1', port: 9 }];
      const parts = [
        greeting([0, 2].slice(0, 1 + roll(2))),
        request(targets[roll(3)], 1 + roll(3)),
        Buffer.alloc(roll(50), 7),
      ];
      const peer = await Peer.connect(gateway.port);
      await sendSome(peer, mutated(Buffer.concat(parts), roll), roll);
      await until('it is over', () => peer.closed || peer.ending !== 'open');
      peer.close();
    });
    const client = world.use(await through(gateway.port, server));
    client.send('still here');
    assert.equal((await client.read(10)).toString(), 'still here');
    client.close();
    await unharmed(gateway);
  },
  TIMEOUT_MS,
);

inBothEngines(
  'proxies that speak nearly SOCKS5 fail or carry their own connection only',
  async (world) => {
    let seed = FIRST_SEED;
    const METHOD = Buffer.from([5, 0]);
    const REPLY = Buffer.from([5, 0, 0, 1, 192, 0, 2, 7, 16, 146]);
    const proxy = world.use(
      await TestServer.listen((socket) => {
        const roll = dice(seed);
        seed += 1;
        const peer = new Peer(socket);
        const isEarly = roll(4) === 0;
        socket.once('data', () => {
          void sendSome(peer, roll(3) === 0 ? mutated(METHOD, roll) : METHOD, isEarly ? roll : () => 1);
          socket.once('data', () => void sendSome(peer, mutated(REPLY, roll), roll));
        });
      }),
    );
    const upstream = { type: 'socks5', host: '127.0.0.1', port: proxy.port };
    const gateway = await world.gateway({ ...LIMITS, upstream, race: { connect_timeout_ms: 500 } });
    await cases(async () => {
      const peer = await Peer.connect(gateway.port);
      peer.send(Buffer.concat([greeting(), request({ host: 'a.test', port: 80 }), Buffer.from('early')]));
      await peer.ended();
      const said = peer.take();
      // A method, then one whole reply before anything else; or an end.
      assert.ok(said.length === 0 || said.subarray(0, 2).equals(METHOD), said.toString('hex'));
      if (said.length > 2) assert.deepEqual([said[2], said[4]], [5, 0], said.toString('hex'));
      peer.close();
    });
    await unharmed(gateway);
  },
  TIMEOUT_MS,
);

inBothEngines(
  'DNS servers that answer nearly right are believed or not, and every client is answered',
  async (world) => {
    const server = world.use(await echoServer());
    const roll = dice(FIRST_SEED);
    const zones = Object.fromEntries(
      Array.from({ length: CASES }, (_, i) => [`n${FIRST_SEED + i}.test`, { A: ['127.0.0.1'] }] as const),
    );
    const others: readonly Trick[] = ['drop', 'truncate', 'garbage', 'servfail', 'wrong-id', 'wrong-question', 'close'];
    const mutate = () => Array.from({ length: 1 + roll(4) }, () => ({ at: roll(60), to: roll(256) }));
    const dns = world.use(
      await DnsServer.start(zones, {
        trick: () => (roll(4) === 0 ? others[roll(others.length)] : { mutate, count: 1 + roll(4) }),
      }),
    );
    const gateway = await world.gateway({
      ...LIMITS,
      ...{ nameservers: `127.0.0.1:${dns.port}`, race: { connect_timeout_ms: 500 } },
      dns: { ipv6: 'off', timeout_ms: 1000, try_timeout_ms: 300, hold_ms: 50, rebind_allow: ['test'] },
    });
    let next = FIRST_SEED;
    await cases(async () => {
      const host = `n${next}.test`;
      next += 1;
      const peer = await Peer.connect(gateway.port);
      peer.send(Buffer.concat([greeting(), request({ host, port: server.port })]));
      const [version, reply] = (await peer.read(4)).subarray(2);
      assert.equal(version, 5);
      assert.ok(reply <= 8, `reply ${reply}`);
      peer.close();
    });
    await unharmed(gateway);
  },
  TIMEOUT_MS,
);
