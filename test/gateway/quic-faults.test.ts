// The fault matrix of QUIC, with a real client and a real server: two lines, of which one plays a trick, on first contact with a
// destination, once the destination is remembered, and when the line that worked has just died. The client gets its file each
// time, and does not even have to repeat its first flight.
import assert from 'node:assert/strict';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { type Fetched, fetchByQuic, type QuicClient } from '../helpers/quic/client.js';
import { QUIC_TEXT, QuicServer, withoutQuic } from '../helpers/quic/server.js';
import { TrickRelay, type UdpTrick } from '../helpers/quic/trick-relay.js';
import { UdpProxy } from '../helpers/udp/proxy.js';
import { UdpShim } from '../helpers/udp/shim.js';

const missing = withoutQuic();
const inBoth = (behaviour: string, body: (world: World) => Promise<void>) =>
  inBothEngines(behaviour, body, 60_000, missing);

/** A destination of its own, two lines that alone lead there, and what the first of them does. */
interface Cell {
  readonly name: string;
  readonly trick: UdpTrick;
}

const CELLS: readonly Cell[] = [
  { name: 'swallows', trick: 'swallows' },
  { name: 'forges an Initial', trick: { forges: ['initial'] } },
  { name: 'forges a Retry', trick: { forges: ['retry'] } },
  { name: 'forges garbage', trick: { forges: ['garbage', 'short', 'version-negotiation'] } },
];

/** Sources by the place of the cell: of the line that is first in the configuration, and of the other one. */
const firstOf = (place: number): string => `127.0.1.${2 * place + 1}`;
const secondOf = (place: number): string => `127.0.1.${2 * place + 2}`;
const hostOf = (place: number): string => `127.0.2.${place + 1}`;

function config(cells: number, margin_ms = 150): object {
  const places = Array.from({ length: cells }, (_, place) => place);
  const list = places.flatMap((place) =>
    [firstOf(place), secondOf(place)].map((source_ip) => ({ type: 'direct', source_ip, name: source_ip })),
  );
  const rules = places.map((place) => ({ cidr: hostOf(place), use: [firstOf(place), secondOf(place)] }));
  // On a busy machine, late does not mean broken: but whoever is asked too early does no harm here.
  return {
    upstream: { type: 'multipath', list },
    rules,
    log_level: 'debug',
    race: { margin_ms },
  };
}

class Destination {
  readonly relay: TrickRelay;
  readonly #gateway: Gateway;
  readonly #place: number;

  private constructor(relay: TrickRelay, gateway: Gateway, place: number) {
    this.relay = relay;
    this.#gateway = gateway;
    this.#place = place;
  }

  static async open(world: World, gateway: Gateway, server: QuicServer, place: number): Promise<Destination> {
    return new Destination(world.use(await TrickRelay.listen(server, {}, hostOf(place))), gateway, place);
  }

  async fetch(client?: QuicClient): Promise<Fetched> {
    const { host, port } = this.relay;
    const shim = await UdpShim.open({ host: '127.0.0.1', port: this.#gateway.port }, { host, port });
    try {
      return await fetchByQuic(shim, client);
    } finally {
      await shim.close();
    }
  }

  /** Datagrams that came over the first line, and over the second one. */
  counts(): readonly [number, number] {
    return [this.relay.count(firstOf(this.#place)), this.relay.count(secondOf(this.#place))];
  }

  /** Whether answers of the server have come back over the first line, and over the second one. */
  answered(): readonly [boolean, boolean] {
    const { answers } = this.relay;
    return [answers.has(firstOf(this.#place)), answers.has(secondOf(this.#place))];
  }

  play(line: 'first' | 'second', trick: UdpTrick): void {
    this.relay.tricks.set((line === 'first' ? firstOf : secondOf)(this.#place), trick);
  }
}

const gets = ({ text, output }: Fetched, what: string): void => assert.equal(text, QUIC_TEXT, `${what}: ${output}`);

inBoth(
  'first contact over a line that plays a trick: the other line carries it, and the next one at once',
  async (world) => {
    const server = world.use(await QuicServer.start());
    const gateway = await world.gateway(config(CELLS.length));
    await Promise.all(
      CELLS.map(async ({ name, trick }, place) => {
        const destination = await Destination.open(world, gateway, server, place);
        destination.play('first', trick);
        gets(await destination.fetch(), `first contact: ${name}`);
        const [tricked, carried] = destination.counts();
        assert.ok(tricked > 0, `the line that ${name} was asked first`);
        assert.deepEqual(destination.answered(), [false, true], `${tricked} ${carried}`);
        gets(await destination.fetch(), `remembered: ${name}`);
        assert.equal(destination.counts()[0], tricked, `nothing more goes to the line that ${name}`);
      }),
    );
  },
);

inBoth('the line that has worked plays a trick from now on', async (world) => {
  const server = world.use(await QuicServer.start());
  const gateway = await world.gateway(config(CELLS.length));
  await Promise.all(
    CELLS.map(async ({ name, trick }, place) => {
      const destination = await Destination.open(world, gateway, server, place);
      gets(await destination.fetch(), `works: ${name}`);
      const [first] = destination.counts();
      assert.ok(first > 0);
      destination.play('first', trick);
      gets(await destination.fetch(), `just died: ${name}`);
      const [again, second] = destination.counts();
      assert.ok(again > first && second > 0, `${first} ${again} ${second}`);
    }),
  );
});

inBoth('a line that answers late carries the flow: a server heeds the flight where it came first', async (world) => {
  const server = world.use(await QuicServer.start());
  const gateway = await world.gateway(config(1));
  const destination = await Destination.open(world, gateway, server, 0);
  destination.play('first', { late_ms: 400 });
  gets(await destination.fetch(), 'late');
  const [late, other] = destination.counts();
  assert.ok(late > other && other > 0, `${late} ${other}`);
});

inBoth(
  'a line that swallows all behind the first answer loses one connection, and is left by the next one',
  async (world) => {
    const server = world.use(await QuicServer.start());
    // The first line is never late, so that the other one has nothing of a connection that is not moved.
    const gateway = await world.gateway(config(1, 5000));
    const destination = await Destination.open(world, gateway, server, 0);
    gets(await destination.fetch(), 'works');
    const [passed, raced] = destination.counts();
    destination.play('first', 'swallows-later');
    const { text, output } = await destination.fetch({ handshake_s: 5 });
    assert.equal(text, undefined, output);
    const [swallowed, none] = destination.counts();
    assert.ok(swallowed > passed + 1 && none === raced, `${passed} ${swallowed} ${raced} ${none}`);
    gets(await destination.fetch(), 'the next connection');
    assert.equal(destination.counts()[0], swallowed);
  },
);

inBoth('where ICMP says that nobody listens, the flight goes to the next address at once', async (world) => {
  const server = world.use(await QuicServer.start());
  const relay = world.use(await TrickRelay.listen(server, {}, '127.0.2.2'));
  const gateway = await world.gateway({
    ...{ hosts: { 'bounce.test': ['127.0.2.1', '127.0.2.2'] }, log_level: 'debug' },
  });
  const shim = await UdpShim.open({ host: '127.0.0.1', port: gateway.port }, { host: 'bounce.test', port: relay.port });
  const fetched = await fetchByQuic(shim);
  await shim.close();
  gets(fetched, 'bounced');
  const attempts = (await gateway.logged('flow'))['attempts'] as { address: string; result: string }[];
  assert.deepEqual(
    attempts.map(({ address, result }) => `${address} ${result}`),
    ['127.0.2.1 refused', '127.0.2.2 answered'],
  );
});

inBoth(
  'lines with proxies: one that swallows is rescued, left by the next flow, and left when it has just died',
  async (world) => {
    const server = world.use(await QuicServer.start());
    const [first, second] = [world.use(await UdpProxy.listen('swallows')), world.use(await UdpProxy.listen())];
    const gateway = await world.gateway({
      upstream: { type: 'multipath', list: [first.line, second.line] },
      log_level: 'debug',
    });
    const visit = async (what: string): Promise<readonly [number, number]> => {
      const before = [first.sent.length, second.sent.length];
      const shim = await UdpShim.open({ host: '127.0.0.1', port: gateway.port }, server);
      gets(await fetchByQuic(shim).finally(() => shim.close()), what);
      return [first.sent.length - before[0], second.sent.length - before[1]];
    };
    const [swallowed, carried] = await visit('first contact');
    assert.ok(swallowed > 0 && carried > 0, `${swallowed} ${carried}`);
    assert.equal((await visit('remembered'))[0], 0);
    first.trick = 'works';
    second.trick = 'swallows';
    const [rescued, died] = await visit('just died');
    assert.ok(died > 0 && rescued > 0, `${rescued} ${died}`);
  },
);

/** Relays at 127.0.2.1 and at ::1. */
async function atOnePort(world: World, server: QuicServer): Promise<readonly [TrickRelay, TrickRelay]> {
  for (;;) {
    const four = world.use(await TrickRelay.listen(server, {}, '127.0.2.1'));
    // The port of the other family may be somebody else's.
    const six = await TrickRelay.listen(server, {}, '::1', four.port).catch(() => undefined);
    if (six !== undefined) return [four, world.use(six)];
  }
}

inBoth('of the IPv6 and the IPv4 address of a name one plays a trick: the other carries the flow', async (world) => {
  const server = world.use(await QuicServer.start());
  const gateway = await world.gateway({ hosts: { 'two.test': ['::1', '127.0.2.1'] }, log_level: 'debug' });
  const tricks: readonly (readonly ['four' | 'six', UdpTrick])[] = [
    ['six', 'swallows'],
    ['six', { forges: ['initial'] }],
    ['four', 'swallows'],
  ];
  for (const [tricked, trick] of tricks) {
    const [four, six] = await atOnePort(world, server);
    if (tricked === 'six') six.tricks.set('::1', trick);
    else four.tricks.set('127.0.0.1', trick);
    const destination = { host: 'two.test', port: four.port };
    const shim = await UdpShim.open({ host: '127.0.0.1', port: gateway.port }, destination);
    gets(await fetchByQuic(shim).finally(() => shim.close()), `IPv${tricked}: ${JSON.stringify(trick)}`);
    assert.ok(six.came.length > 0, 'IPv6 is asked first');
    assert.ok((tricked === 'six' ? four : six).answers.size > 0);
  }
});
