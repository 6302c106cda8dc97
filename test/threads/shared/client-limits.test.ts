// How many connections one client may have: its own limits, and a share when few connections are free.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../src/protocol/address/address.js';
import { loopbackListener } from '../../../src/protocol/listen-options.js';
import {
  areClientsLimited,
  ClientLimits,
  type LimitOptions,
  slotsFor,
} from '../../../src/threads/shared/client-limits.js';
import { Shares } from '../../../src/threads/shared/shares.js';

const NO_LIMITS = { client_connections_max: 0, client_rate: 0, client_handshakes_max: 0 };
const FDS_MAX = 65_536;

/** A gateway of which only the number of connections is real. */
class House {
  readonly shares: Shares;
  readonly limits: ClientLimits;
  /** The same as another thread has them. */
  readonly elsewhere: ClientLimits;
  readonly max: number;
  readonly of = new Map<string, number[]>();
  #fd = 10;
  live = 0;
  now = 1000;

  constructor(connections_max: number, changes: Partial<LimitOptions> = {}) {
    const options = { ...NO_LIMITS, connections_max, ...changes };
    this.max = connections_max;
    const memory = Shares.create(slotsFor(options), FDS_MAX, 7);
    const clock = (): bigint => BigInt(this.now) * 1000n;
    this.shares = new Shares(memory, clock);
    this.limits = new ClientLimits(options, this.shares);
    this.elsewhere = new ClientLimits(options, new Shares(memory, clock));
  }

  /** Undefined if the client may come in. */
  comes(client: string): string | undefined {
    if (this.live === this.max) return 'full';
    this.#fd += 1;
    const reason = this.limits.admit(this.#fd, parseIp(client), this.max - this.live);
    if (reason !== undefined) return reason;
    this.#has(client);
    return undefined;
  }

  /** A proxy's connection; `told`: the client in its header. */
  passes(proxy: string, told: string | undefined): string | undefined {
    this.#fd += 1;
    const refused = this.limits.admitProxy(this.#fd, parseIp(proxy), this.max - this.live);
    if (refused !== undefined) return `proxy: ${refused}`;
    this.#has(told ?? proxy);
    if (told === undefined) return undefined;
    const reason = this.elsewhere.told(this.#fd, parseIp(told) as Uint8Array);
    if (reason !== undefined) this.goes(told);
    return reason;
  }

  #has(client: string): void {
    this.of.set(client, [...(this.of.get(client) ?? []), this.#fd]);
    this.live += 1;
    this.limits.turned(this.max - this.live);
  }

  /** Another client over a limit. Whether it is answered. */
  refuses(): boolean {
    this.#fd += 1;
    if (!this.limits.refuses(this.#fd, 'rate', this.max - this.live)) return false;
    assert.equal(this.elsewhere.refusedFor(this.#fd), 'rate');
    this.#has('refused');
    return true;
  }

  goes(client: string): void {
    this.shares.closing(this.of.get(client)?.pop() as number);
    this.live -= 1;
    this.limits.turned(this.max - this.live);
  }

  /** As many connections as the client gets. */
  floods(client: string): string {
    for (;;) {
      const reason = this.comes(client);
      if (reason !== undefined) return reason;
    }
  }

  held(client: string): number {
    return this.of.get(client)?.length ?? 0;
  }
}

test('one client that opens everything leaves a fifth to others, and two leave a ninth', () => {
  const house = new House(1000);
  assert.equal(house.floods('10.0.0.1'), 'share');
  assert.equal(house.held('10.0.0.1'), 800);
  assert.equal(house.comes('10.0.0.2'), undefined);
  assert.equal(house.floods('10.0.0.2'), 'share');
  const { live } = house;
  assert.ok(live < 970, `${live} are taken`);
  assert.equal(house.comes('10.0.0.3'), undefined);
});

test('the share of a client grows again when others have gone', () => {
  const house = new House(100);
  house.floods('10.0.0.1');
  house.floods('10.0.0.2');
  const before = house.held('10.0.0.2');
  for (let i = 0; i < 80; i += 1) house.goes('10.0.0.1');
  house.floods('10.0.0.2');
  assert.equal(before, 16);
  assert.equal(house.held('10.0.0.2'), 80);
});

test('any client gets a few connections as long as one is free', () => {
  const house = new House(20);
  for (let client = 1; house.live < 20; client += 1) assert.equal(house.comes(`10.0.0.${client}`), undefined);
  house.goes('10.0.0.1');
  assert.equal(house.comes('10.0.0.2'), undefined);
});

test('limits of its own: connections, handshakes and a rate', () => {
  const connections = new House(1000, { client_connections_max: 5 });
  assert.equal(connections.floods('10.0.0.1'), 'connections');
  assert.equal(connections.held('10.0.0.1'), 5);
  assert.equal(connections.comes('10.0.0.2'), undefined);
  connections.goes('10.0.0.1');
  assert.equal(connections.comes('10.0.0.1'), undefined);

  const handshakes = new House(1000, { client_handshakes_max: 3 });
  assert.equal(handshakes.floods('10.0.0.1'), 'handshakes');
  handshakes.shares.requested(handshakes.of.get('10.0.0.1')?.[0] as number);
  assert.equal(handshakes.comes('10.0.0.1'), undefined);
  assert.equal(handshakes.comes('10.0.0.1'), 'handshakes');

  const rate = new House(1000, { client_rate: 10 });
  assert.equal(rate.floods('10.0.0.1'), 'rate');
  assert.equal(rate.held('10.0.0.1'), 20);
  assert.equal(rate.comes('10.0.0.2'), undefined);
  rate.now += 500;
  assert.equal(rate.floods('10.0.0.1'), 'rate');
  assert.equal(rate.held('10.0.0.1'), 25);
});

test('it is tight while less than a quarter is free', () => {
  const house = new House(100);
  for (let client = 0; client < 75; client += 1) house.comes(`10.0.0.${client}`);
  assert.equal(house.elsewhere.isTight, false);
  house.comes('10.0.1.1');
  assert.equal(house.elsewhere.isTight, true);
  house.goes('10.0.1.1');
  assert.equal(house.elsewhere.isTight, false);
});

test('a client behind a proxy counts as the told one, beside what it has without the proxy, and the proxy as nobody', () => {
  const house = new House(1000, { client_connections_max: 3, client_rate: 1 });
  const behind = (client = '192.0.2.1') => house.passes('10.0.0.1', client);
  assert.equal(house.comes('192.0.2.1'), undefined);
  assert.deepEqual([behind(), behind()], [undefined, 'rate']);
  house.now += 10_000;
  assert.deepEqual(
    [behind('::ffff:192.0.2.1'), behind(), house.comes('192.0.2.1')],
    [undefined, 'connections', 'connections'],
  );
  for (let other = 1; other < 200; other += 1) {
    assert.equal(house.passes('10.0.0.1', `198.51.100.${other}`), undefined);
  }
});

test('a proxy has a bound for its connections that have told nothing, and one without an address is no longer its own', () => {
  const house = new House(1000, { client_handshakes_max: 3 });
  const silent = () => house.passes('10.0.0.1', undefined);
  assert.deepEqual([silent(), silent(), silent(), silent()], [undefined, undefined, undefined, 'proxy: handshakes']);
  house.limits.requested(house.of.get('10.0.0.1')?.[0] as number);
  assert.deepEqual([silent(), silent()], [undefined, 'proxy: handshakes']);
  const slots = new House(100);
  while (slots.passes('10.0.0.1', undefined) === undefined);
  assert.equal(slots.held('10.0.0.1'), 80);
  for (const fd of slots.of.get('10.0.0.1') ?? []) slots.limits.requested(fd);
  assert.equal(slots.passes('10.0.0.1', undefined), undefined);
});

test('of clients over a limit a bounded number is answered at a time and a second, and few where few are free', () => {
  const refusedBy = (house: House): number => {
    let count = 0;
    while (house.refuses()) count += 1;
    return count;
  };
  const house = new House(10_000);
  assert.equal(refusedBy(house), 64);
  house.goes('refused');
  assert.equal(refusedBy(house), 1);
  // A hundred may be answered at once, and fifty a second.
  let count = 65;
  for (; count < 1000; count += 1) {
    house.goes('refused');
    if (!house.refuses()) break;
  }
  assert.equal(count, 100);
  house.now += 100;
  assert.equal(refusedBy(house), 1);
  assert.equal(refusedBy(new House(24)), 2);
  assert.equal(refusedBy(new House(7)), 0);
});

test('without limits nobody is counted, refused or hurried', () => {
  const limits = new ClientLimits(
    { ...NO_LIMITS, connections_max: 10 },
    new Shares(Shares.create(64, FDS_MAX, 1)),
    false,
  );
  limits.turned(0);
  limits.requested(7);
  assert.deepEqual([limits.told(7, Uint8Array.of(192, 0, 2, 1)), limits.refusedFor(7)], [undefined, undefined]);
  assert.equal(limits.isTight, false);
});

test('limits that come later count those who come then, and their end counts out who was counted', () => {
  const options = { ...NO_LIMITS, connections_max: 10, client_connections_max: 2 };
  const limits = new ClientLimits(options, new Shares(Shares.create(64, FDS_MAX, 1)), false);
  const ip = Uint8Array.of(192, 0, 2, 1);
  limits.turned(10);
  assert.equal(limits.areCounted, false);
  limits.withdraw(6); // one that came before
  limits.set(options, true);
  assert.deepEqual([limits.admit(7, ip, 10), limits.admit(8, ip, 10)], [undefined, undefined]);
  assert.equal(limits.admit(9, ip, 10), 'connections');
  limits.set(options, false);
  limits.withdraw(7);
  limits.set(options, true);
  assert.deepEqual([limits.admit(7, ip, 10), limits.admit(9, ip, 10)], [undefined, 'connections']);
});

test('clients are limited where other machines may come, or a limit is set', () => {
  const limits = { ...NO_LIMITS, connections_max: 10 };
  const own = loopbackListener(1);
  const open = { ...own, proxy_from: ['192.0.2.1'] };
  assert.equal(areClientsLimited({ limits, listen: [own] }), false);
  assert.equal(areClientsLimited({ limits, listen: [own, open] }), true);
  for (const key of ['client_connections_max', 'client_rate', 'client_handshakes_max']) {
    assert.equal(areClientsLimited({ limits: { ...limits, [key]: 1 }, listen: [own] }), true);
  }
});
