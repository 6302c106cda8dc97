// A way through proxies that relay datagrams, of one and of several, on a real engine: what it says to them, what comes back, and
// how it ends.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Hop } from '../../../../../src/protocol/lines/line.js';
import { UdpProxy, type UdpTrick } from '../../../../helpers/udp/proxy.js';
import { type UdpServer, udpEcho } from '../../../../helpers/udp/servers.js';
import { probingTowards } from '../../../../linux/peers.js';
import { ENGINES } from '../../../../linux/world.js';
import { hopAt, type WayOptions, WayWorld } from './way-world.js';

const ZEROS = '0.0.0.0:0';

interface Given {
  readonly echo: UdpServer;
  readonly proxies: readonly UdpProxy[];
  readonly world: WayWorld;
}

for (const { kind, missing } of ENGINES) {
  /** With an echo server, and one proxy for each trick, the nearest first. */
  const withProxies = (
    behaviour: string,
    tricks: readonly UdpTrick[],
    body: (given: Given) => Promise<void>,
    options: WayOptions = {},
    hopsOf = (proxies: readonly UdpProxy[]): readonly Hop[] => proxies.map(({ port }) => hopAt(port)),
  ): void => {
    test(behaviour, { timeout: 20_000 }, async () => {
      const echo = await udpEcho();
      const proxies: UdpProxy[] = [];
      for (const trick of tricks) proxies.push(await UdpProxy.listen(trick));
      const world = new WayWorld(kind, hopsOf(proxies), options);
      try {
        await body({ echo, proxies, world });
      } finally {
        await world.end([...proxies, echo]);
      }
    });
  };

  const failsWith = (trick: UdpTrick | readonly UdpTrick[], code: string, detail: string | undefined): void => {
    const tricks = Array.isArray(trick) ? (trick as readonly UdpTrick[]) : [trick as UdpTrick];
    withProxies(`${JSON.stringify(trick)} fails as ${code}`, tricks, async ({ world, proxies }) => {
      const failure = await world.fails();
      assert.deepEqual([failure.code, failure.whose, failure.detail], [code, 'line', detail]);
      const remembered = { 'line-no-udp': false, 'proxy-forbids': 'refused' }[code];
      assert.equal(world.relays, remembered, 'what is remembered of the line');
      assert.deepEqual(world.failedAsking, remembered === undefined ? [`${code} asked`] : []);
      assert.deepEqual([world.events, world.notices.length], [[], 1], 'it can be reached, and the operator is told');
      await world.until('the proxies are left', () => proxies.every(({ open }) => open === 0));
    });
  };

  describe(`${kind}: a way through proxies`, { skip: missing ?? false }, () => {
    withProxies(
      'an address and a name go there as they are, and answers say who sent them',
      ['works'],
      async (given) => {
        const { echo, proxies, world } = given;
        const way = await world.open();
        world.send(way, `127.0.0.1:${echo.port}`, 'one', 'two', 'three');
        world.send(way, `far.example:${echo.port}`, 'four');
        await world.until('all are answered', () => world.heard.length === 4);
        const from = `127.0.0.1:${echo.port}`;
        assert.deepEqual(
          [...world.heard].sort(),
          ['four', 'one', 'three', 'two'].map((text) => `${text} of ${from}`),
        );
        assert.deepEqual([...new Set(proxies[0].sent)].sort(), [from, `far.example:${echo.port}`]);
        assert.deepEqual([proxies[0].asked, proxies[0].greetings], [[`associate ${ZEROS}`], [[0]]]);
        assert.equal(echo.sources.size, 1, 'all destinations see one address and port');
        assert.equal(world.relays, true);
      },
    );

    withProxies('three proxies are asked each through those before it', ['works', 'works', 'works'], async (given) => {
      const { echo, proxies, world } = given;
      const way = await world.open();
      world.send(way, `127.0.0.1:${echo.port}`, 'one', 'two', 'three', 'five');
      await world.until('all are answered', () => world.heard.length === 4);
      assert.deepEqual(
        new Set(world.heard.map((heard) => heard.split(' of ')[1])),
        new Set([`127.0.0.1:${echo.port}`]),
      );
      const [first, second, third] = proxies;
      const there = ({ port }: UdpProxy): string => `connect 127.0.0.1:${port}`;
      assert.deepEqual([...first.asked].sort(), [`associate ${ZEROS}`, there(second), there(second)]);
      assert.deepEqual([...second.asked].sort(), [`associate ${ZEROS}`, there(third)]);
      assert.deepEqual(third.asked, [`associate ${ZEROS}`]);
      assert.deepEqual([...new Set(third.sent)], [`127.0.0.1:${echo.port}`]);
      assert.equal(world.fds, 4);
    });

    withProxies(
      'a proxy with a password, and one with a name behind it',
      ['works', 'works'],
      async ({ echo, proxies, world }) => {
        const way = await world.open();
        world.send(way, `127.0.0.1:${echo.port}`, 'one');
        await world.until('it is answered', () => world.heard.length === 1);
        assert.deepEqual(proxies[0].greetings, [
          [0, 2],
          [0, 2],
        ]);
        assert.ok(proxies[0].asked.includes(`connect proxy.example:${proxies[1].port}`));
        // Its loopback address is not taken for ours: its name is what the first one is told.
        assert.match(proxies[0].sent[0], /^proxy\.example:/);
      },
      {},
      ([first, second]) => [hopAt(first.port, '127.0.0.1', 'secret'), hopAt(second.port, 'proxy.example')],
    );

    failsWith({ rep: 7 }, 'line-no-udp', 'REP 7');
    for (const rep of [1, 2, 8]) failsWith({ rep }, 'proxy-forbids', `REP ${rep}`);
    failsWith('hangs-up', 'proxy-forbids', 'it hung up');
    failsWith('hangs', 'proxy-unreachable', 'timed-out');
    failsWith({ bound: () => [1, 127, 0, 0, 1, 0, 0] }, 'proxy-protocol', 'it takes datagrams at port 0');
    failsWith({ bound: () => [7, 1, 2, 3, 4, 5, 6] }, 'proxy-protocol', undefined);
    failsWith(['works', { rep: 7 }], 'line-no-udp', 'REP 7');
    failsWith([{ rep: 7 }, 'works'], 'line-no-udp', 'REP 7');
    failsWith(['works', 'hangs-up'], 'proxy-forbids', 'it hung up');

    withProxies(
      'a proxy behind another one that is not there is none that relays no datagrams',
      ['works'],
      async ({ world }) => {
        const { code, detail } = await world.fails();
        assert.deepEqual([code, detail, world.relays], ['proxy-unreachable', 'REP 5', undefined]);
        assert.deepEqual([world.failedAsking, world.events], [['proxy-unreachable not reached'], ['proxy-failed']]);
      },
      {},
      ([{ port }]) => [hopAt(port), hopAt(1)],
    );

    withProxies(
      'a proxy that is not there is told of each time, and left out after three',
      [],
      async ({ world }) => {
        for (let dials = 1; dials <= 3; dials += 1) {
          assert.equal(world.begin()?.state, 'opening');
          await world.until('it has failed', () => world.failures.length === 1);
          const [{ code, detail }] = world.failures.splice(0);
          assert.deepEqual([code, detail], ['proxy-unreachable', 'ECONNREFUSED']);
          assert.deepEqual([world.events.length, world.notices.length], [dials, dials]);
          world.ways.length = 0;
        }
        assert.equal(world.health.circuit(0, world.engine.engine.now)?.failures, 3);
        assert.deepEqual([...new Set(world.failedAsking)], ['proxy-unreachable not reached']);
      },
      {},
      () => [hopAt(1)],
    );

    withProxies('an association closes the circuit', ['works'], async ({ world }) => {
      for (let dials = 0; dials < 3; dials += 1) world.health.proxyFailed(0, world.engine.engine.now, 'elsewhere');
      await world.open();
      assert.equal(world.health.circuit(0, world.engine.engine.now), undefined);
      assert.deepEqual([world.events, world.notices], [['proxy-reached'], []]);
    });

    withProxies('a proxy that ends an association after a while is no fault', ['works'], async ({ world, proxies }) => {
      await world.open();
      await proxies[0].close();
      await world.until('it has failed', () => world.failures.length > 0);
      assert.deepEqual([world.failedAsking, world.notices], [[], []]);
    });

    for (const [what, told] of [
      ['no address', (port) => [1, 0, 0, 0, 0, port >> 8, port & 255]],
      ['no address of IPv6', (port) => [4, ...Array<number>(16).fill(0), port >> 8, port & 255]],
      ['a name', (port) => [3, 2, 104, 105, port >> 8, port & 255]],
      ['multicast', (port) => [1, 224, 0, 0, 1, port >> 8, port & 255]],
      ['link-local', (port) => [1, 169, 254, 169, 254, port >> 8, port & 255]],
      [
        'an IPv4 address in IPv6 form',
        (port) => [4, ...Array<number>(10).fill(0), 255, 255, 127, 0, 0, 1, port >> 8, port & 255],
      ],
    ] as const satisfies readonly (readonly [string, (port: number) => readonly number[]])[])
      withProxies(`a proxy that tells ${what} is sent to at its own address`, [{ bound: told }], async (given) => {
        const { echo, world } = given;
        world.send(await world.open(), `127.0.0.1:${echo.port}`, 'one');
        await world.until('it is answered', () => world.heard.length === 1);
      });

    withProxies(
      'an address that a proxy tells has to pass as its own does',
      [{ bound: (port) => [1, 127, 0, 0, 9, port >> 8, port & 255] }],
      async ({ world }) => assert.equal((await world.fails()).code, 'loop'),
      { denied: ['127.0.0.9'] },
    );

    for (const how of ['end', 'reset'] as const)
      for (const hop of [0, 1])
        withProxies(
          `the ${how} of the connection to proxy ${hop} ends the way, once`,
          ['works', 'works'],
          async (given) => {
            const { proxies, world } = given;
            const way = await world.open();
            proxies[hop].endAssociations(how);
            await world.until('it has failed', () => world.failures.length > 0);
            assert.deepEqual([way.state, world.failures[0].code], ['failed', 'proxy-unreachable']);
            await world.until('the proxies are left', () => proxies.every(({ open }) => open === 0));
            assert.deepEqual([world.failures.length, world.fds, world.relays], [1, 0, true]);
          },
        );

    withProxies('the connections are probed, since nothing is said on them', ['works', 'works'], async (given) => {
      await given.world.open();
      assert.equal(probingTowards(given.proxies[0].port), 2);
    });

    withProxies('a relay that is closed ends the way', ['works'], async ({ echo, proxies, world }) => {
      const way = await world.open();
      proxies[0].closeRelays();
      world.send(way, `127.0.0.1:${echo.port}`, 'one');
      await world.until('it has failed', () => world.failures.length > 0);
      assert.deepEqual([world.failures[0].code, world.failures[0].detail], ['proxy-unreachable', 'ECONNREFUSED']);
    });

    withProxies(
      'a proxy may say something on the connection',
      [{ says: Buffer.alloc(4000) }],
      async ({ echo, world }) => {
        world.send(await world.open(), `127.0.0.1:${echo.port}`, 'one');
        await world.until('it is answered', () => world.heard.length === 1);
        assert.deepEqual(world.failures, []);
      },
    );

    withProxies('but not without an end', [{ says: Buffer.alloc(9000) }], async ({ world }) => {
      world.begin();
      await world.until('it has failed', () => world.failures.length > 0);
      assert.equal(world.failures[0].code, 'proxy-protocol');
    });

    withProxies(
      'what has no header, a strange one or a part is dropped and counted, and the rest is heard',
      [
        {
          answers: (datagram, header) => [
            Buffer.from('garbage'),
            Buffer.alloc(0),
            datagram.subarray(0, header - 1),
            Buffer.from([0, 0, 1, ...datagram.subarray(3)]),
            datagram,
            datagram.subarray(0, header),
          ],
        },
      ],
      async ({ echo, world }) => {
        world.send(await world.open(), `127.0.0.1:${echo.port}`, 'one');
        await world.until('all have come', () => world.heard.length + world.dropped.length === 6);
        const from = `127.0.0.1:${echo.port}`;
        assert.deepEqual(world.heard, [`one of ${from}`, ` of ${from}`]);
        assert.deepEqual(world.dropped, ['bad-header', 'bad-header', 'bad-header', 'fragment']);
      },
    );

    withProxies(
      'through two proxies, what the first has from anybody else than the second is dropped',
      [
        {
          answers: (datagram) => {
            const strange = Buffer.from(datagram);
            strange[7] = 77;
            return [strange, datagram];
          },
        },
        'works',
      ],
      async ({ echo, world }) => {
        world.send(await world.open(), `127.0.0.1:${echo.port}`, 'one');
        await world.until('it is answered', () => world.heard.length === 1);
        assert.deepEqual(world.dropped, ['stranger']);
      },
    );

    withProxies('what does not fit into a datagram is dropped and counted', ['works'], async ({ echo, world }) => {
      world.send(await world.open(), `127.0.0.1:${echo.port}`, 'x'.repeat(65_500));
      await world.until('it is dropped', () => world.dropped.length === 1);
      assert.deepEqual(world.dropped, ['too-long']);
    });

    withProxies(
      'where there is no room for attempts, proxies are dialled when there is',
      ['works', 'works'],
      async ({ echo, world }) => {
        const way = world.begin();
        assert.ok(way !== undefined);
        assert.deepEqual([world.attempts, world.waiting.size], [1, 1]);
        await world.until('it is open', () => way.state === 'open');
        world.send(way, `127.0.0.1:${echo.port}`, 'one');
        await world.until('it is answered', () => world.heard.length === 1);
      },
      { attempts_max: 1 },
    );

    withProxies(
      'without descriptors there is no way',
      ['works'],
      async ({ proxies, world }) => {
        const way = await world.open();
        assert.equal(world.begin(), undefined);
        assert.equal(world.failures[0].code, 'out-of-resources');
        way.close();
        assert.equal(world.fds, 0);
        assert.equal(proxies[0].count, 1);
      },
      { fds_max: 3 },
    );

    withProxies(
      'the name of the first proxy is looked up, and its addresses are tried in turn',
      ['works'],
      async ({ echo, proxies, world }) => {
        const way = world.begin();
        assert.deepEqual([world.isLookingUp, proxies[0].count], [true, 0]);
        // At 127.0.0.2 nobody listens, and 127.0.0.3 may not be dialled.
        world.resolve('127.0.0.3', '127.0.0.2', '127.0.0.1');
        await world.until('it is open', () => way?.state === 'open');
        assert.ok(way !== undefined);
        world.send(way, `127.0.0.1:${echo.port}`, 'one');
        await world.until('it is answered', () => world.heard.length === 1);
      },
      { denied: ['127.0.0.3'] },
      ([{ port }]) => [hopAt(port, 'proxy.example')],
    );

    withProxies(
      'a name without an address',
      [],
      async ({ world }) => {
        world.begin();
        world.unresolved();
        await world.until('it has failed', () => world.failures.length > 0);
        assert.deepEqual([world.failures[0].code, world.failures[0].whose], ['proxy-unreachable', 'line']);
      },
      {},
      () => [hopAt(1080, 'proxy.example')],
    );

    withProxies(
      'a known name whose only address may not be dialled fails at once',
      [],
      async ({ world }) => {
        assert.equal(world.begin(), undefined);
        assert.equal(world.failures[0].code, 'loop');
      },
      { addresses: ['127.0.0.3'], denied: ['127.0.0.3'] },
      () => [hopAt(1080, 'proxy.example')],
    );

    withProxies(
      'a way that is closed while a name is looked up tells nothing',
      [],
      async ({ world }) => {
        world.begin()?.close();
        world.resolve('127.0.0.1');
        assert.deepEqual([world.isLookingUp, world.failures, world.opens], [false, [], 0]);
      },
      {},
      () => [hopAt(1080, 'proxy.example')],
    );

    withProxies('a way that is closed while proxies are asked leaves them', ['hangs', 'works'], async (given) => {
      const { proxies, world } = given;
      const way = world.begin();
      await world.until('the second has been asked', () => proxies[1].open === 1);
      way?.close();
      await world.until('it is left', () => proxies[1].open === 0);
      assert.deepEqual([world.failures, world.opens, world.attempts], [[], 0, 0]);
    });

    withProxies(
      'a request that has passed gateways says so to every proxy',
      ['works', 'works'],
      async ({ proxies, world }) => {
        await world.open();
        for (const { greetings } of proxies) for (const methods of greetings) assert.deepEqual(methods, [0, 0xd3]);
      },
      { depth: 2 },
    );

    for (const [depth, relays] of [
      [0, false],
      [2, undefined],
    ] as const)
      withProxies(
        `a refusal of a request that has passed ${depth} gateways is ${depth === 0 ? '' : 'not '}remembered`,
        [{ rep: 7 }],
        async ({ world }) => {
          assert.equal((await world.fails()).code, 'line-no-udp');
          assert.equal(world.relays, relays);
        },
        { depth },
      );

    withProxies('so does one that follows too many that have brought nothing', ['works'], async (given) => {
      const { echo, proxies, world } = given;
      const first = await world.open();
      for (let others = 0; others < 8; others += 1) await world.open();
      assert.deepEqual(proxies[0].greetings.at(-1), [0, 0xd1]);
      assert.deepEqual(proxies[0].greetings.at(-2), [0]);
      world.send(first, `127.0.0.1:${echo.port}`, 'one');
      await world.until('it is answered', () => world.heard.length === 1);
      await world.open();
      assert.deepEqual(proxies[0].greetings.at(-1), [0, 0xd1]);
      world.ways[1].close();
      await world.open();
      assert.deepEqual(proxies[0].greetings.at(-1), [0, 0xd1]);
      world.ways[2].close();
      world.ways[3].close();
      await world.open();
      assert.deepEqual(proxies[0].greetings.at(-1), [0], 'those that are over do not count');
    });

    withProxies(
      'a link that goes down ends the way',
      ['works'],
      async ({ world }) => {
        const way = await world.open();
        const link = { line: 0, at: 'lo', news: 0, fault: undefined, ip4: undefined, ip6: undefined };
        world.links.set([link], world.engine.engine.now);
        world.links.set([{ ...link, fault: 'no-carrier' }], world.engine.engine.now);
        assert.deepEqual([way.state, world.failures[0].code], ['failed', 'link-down']);
      },
      { device: 'lo' },
    );
  });
}
