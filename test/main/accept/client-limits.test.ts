// How many connections one client may have: its own limits, and a share when few connections are free.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areLimited, ClientLimits, type LimitOptions, slotsFor } from '../../../src/main/accept/client-limits.js';
import { parseIp } from '../../../src/protocol/address/address.js';
import { ClientShares } from '../../../src/threads/shared/client-shares.js';

const NO_LIMITS = { client_connections_max: 0, client_rate: 0, client_handshakes_max: 0 };
const FDS_MAX = 65_536;

/** A gateway of which only the number of connections is real. */
class House {
  readonly shares: ClientShares;
  readonly limits: ClientLimits;
  readonly max: number;
  readonly of = new Map<string, number[]>();
  #fd = 10;
  live = 0;
  now = 1000;

  constructor(connections_max: number, changes: Partial<LimitOptions> = {}) {
    const options = { ...NO_LIMITS, connections_max, ...changes };
    this.max = connections_max;
    this.shares = new ClientShares(ClientShares.create(slotsFor(options), FDS_MAX));
    this.limits = new ClientLimits(options, this.shares, 7);
  }

  /** Undefined if the client may come in. */
  comes(client: string): string | undefined {
    if (this.live === this.max) return 'full';
    this.#fd += 1;
    const reason = this.limits.admit(this.#fd, parseIp(client), this.max - this.live, this.now);
    if (reason !== undefined) return reason;
    this.of.set(client, [...(this.of.get(client) ?? []), this.#fd]);
    this.live += 1;
    this.limits.turned(this.max - this.live);
    return undefined;
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
  assert.equal(house.shares.isTight, false);
  house.comes('10.0.1.1');
  assert.equal(house.shares.isTight, true);
  house.goes('10.0.1.1');
  assert.equal(house.shares.isTight, false);
});

test('clients are limited where other machines may come, or a limit is set', () => {
  const options = { ...NO_LIMITS, connections_max: 10 };
  assert.equal(areLimited(options, false), false);
  assert.equal(areLimited(options, true), true);
  for (const key of ['client_connections_max', 'client_rate', 'client_handshakes_max']) {
    assert.equal(areLimited({ ...options, [key]: 1 }, false), true);
  }
});
