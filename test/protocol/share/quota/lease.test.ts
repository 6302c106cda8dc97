// Gateways that claim parts of one limit, in virtual time over sums as the engine has them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Claim, type Claimed, Lease } from '../../../../src/protocol/share/quota/lease.js';
import { GRACE_MS, WINDOW_MS } from '../../../../src/protocol/share/quota/window.js';

/** The sums of the windows of one user, with the parts of gateways. */
class Sums {
  readonly #windows = new Map<number, Map<Gateway, number>>();

  add({ window, by }: Claim, gateway: Gateway): Claimed {
    const parts = this.#windows.get(window) ?? new Map<Gateway, number>();
    const own = (parts.get(gateway) ?? 0) + by;
    this.#windows.set(window, parts.set(gateway, own));
    return { own, sum: this.of(window) };
  }

  of(window: number): number {
    return [...(this.#windows.get(window) ?? new Map<Gateway, number>()).values()].reduce((sum, one) => sum + one, 0);
  }

  lose(): void {
    this.#windows.clear();
  }
}

class Gateway {
  readonly lease = new Lease();
  live = 0;
  refused = 0;

  constructor(
    readonly sums: Sums,
    public limit: number,
  ) {}

  /** One look; the answer may be lost on its way. */
  look(time: number, isAnswered = true): void {
    const use = { limit: this.limit, live: this.live, refused: this.refused };
    this.refused = 0;
    if (this.lease.isIdle(use, time)) {
      for (const claim of this.lease.release(time)) this.sums.add(claim, this);
      return;
    }
    const claims = this.lease.plan(use, time);
    const answers = claims.map((claim) => this.sums.add(claim, this));
    if (claims.length > 0 && isAnswered)
      for (const claim of this.lease.answered(claims, answers, use, time)) this.sums.add(claim, this);
  }

  /** Connections come, as far as the lease has room. */
  open(count: number): void {
    for (let one = 0; one < count; one += 1) {
      if (this.live < this.lease.granted) this.live += 1;
      else this.refused += 1;
    }
  }
}

/** Looks every half second, from `from` to `until`. */
function run(gateways: readonly Gateway[], from: number, until: number, each: (time: number) => void = () => {}): void {
  for (let time = from; time < until; time += 500) {
    for (const gateway of gateways) gateway.look(time);
    each(time);
  }
}

const BEGIN = 100 * WINDOW_MS + GRACE_MS;
const granted = (gateways: readonly Gateway[]): number => gateways.reduce((sum, { lease }) => sum + lease.granted, 0);
const site = (count: number, limit: number) => {
  const sums = new Sums();
  return { sums, gateways: Array.from({ length: count }, () => new Gateway(sums, limit)) as Gateway[] };
};

test('a gateway that is alone gets half of the limit ahead, and in the end all of it', () => {
  const { gateways } = site(1, 100);
  const [one] = gateways as [Gateway];
  one.live = 2;
  one.look(BEGIN);
  assert.equal(one.lease.granted, 6);
  one.look(BEGIN + 500);
  assert.equal(one.lease.granted, 51, 'half of what was free');
  run(gateways, BEGIN + 1000, BEGIN + 20_000, () => one.open(20));
  assert.equal(one.live, 100);
  assert.equal(one.lease.granted, 100);
});

test('never do gateways together have more than the limit, and nobody starves another', () => {
  const { gateways } = site(3, 30);
  const [one, two, three] = gateways as [Gateway, Gateway, Gateway];
  run(gateways, BEGIN, BEGIN + 5 * WINDOW_MS, (time) => {
    assert.ok(granted(gateways) <= 30, `${granted(gateways)} at ${time}`);
    one.open(3);
    two.open(1);
    if (time % 2000 === 0) three.live = Math.max(0, three.live - 1);
    else three.open(1);
    if (time % 1500 === 0) one.live = Math.max(0, one.live - 2);
  });
  const live = gateways.map((gateway) => gateway.live);
  assert.ok(
    live.every((count) => count >= 1),
    String(live),
  );
  assert.ok(live.reduce((sum, count) => sum + count) >= 27, String(live));
});

test('what one gateway does not need any more, another one gets within a refresh', () => {
  const { gateways } = site(2, 20);
  const [one, two] = gateways as [Gateway, Gateway];
  run([one], BEGIN, BEGIN + 10_000, () => one.open(20));
  assert.equal(one.live, 20);
  two.live = 1;
  run(gateways, BEGIN + 10_000, BEGIN + 12_000);
  assert.equal(two.lease.granted, 0, 'its first connection was made before it knew');
  one.live = 0;
  run(gateways, BEGIN + 12_000, BEGIN + 24_000, () => two.open(20));
  assert.ok(two.live >= 18, String(two.live));
  assert.ok(granted(gateways) <= 20);
});

test('the last free connection goes to the gateway where it is wanted', () => {
  const { gateways } = site(2, 5);
  const [one, two] = gateways as [Gateway, Gateway];
  one.live = 2;
  two.live = 2;
  run(gateways, BEGIN, BEGIN + 12_000);
  two.open(1);
  run(gateways, BEGIN + 12_000, BEGIN + 26_000, () => two.open(2));
  assert.deepEqual([one.live, two.live], [2, 3]);
});

test('a lease is carried over into the next window, and no gateway takes it meanwhile', () => {
  const { gateways, sums } = site(2, 10);
  const [one, two] = gateways as [Gateway, Gateway];
  run([one], BEGIN, BEGIN + 8000, () => one.open(10));
  assert.equal(one.live, 10);
  const next = 101 * WINDOW_MS;
  two.live = 1;
  two.look(next);
  assert.deepEqual([two.lease.granted, sums.of(101)], [0, 0], 'it asks in the sum of the last window, too');
  one.look(next + GRACE_MS - 1);
  assert.deepEqual([one.lease.granted, sums.of(101)], [10, 10]);
  assert.equal(one.lease.until, 102 * WINDOW_MS + GRACE_MS);
  run(gateways, next + GRACE_MS, next + 20_000);
  assert.deepEqual([one.lease.granted, two.lease.granted], [10, 0]);
});

test('what a dead gateway had is free when its window is over', () => {
  const { gateways } = site(2, 10);
  const [dead, alive] = gateways as [Gateway, Gateway];
  run([dead], BEGIN, BEGIN + 8000, () => dead.open(10));
  const died = BEGIN + 8000;
  alive.live = 1;
  let taken = Number.POSITIVE_INFINITY;
  run([alive], died, died + 2 * WINDOW_MS, (time) => {
    alive.open(10);
    if (alive.live >= 10) taken = Math.min(taken, time);
  });
  assert.ok(taken < died + WINDOW_MS + GRACE_MS, String(taken - died));
});

test('an answer that was lost costs a part of the limit until the window is over, and nothing for ever', () => {
  const { gateways, sums } = site(1, 20);
  const [one] = gateways as [Gateway];
  one.live = 1;
  one.look(BEGIN, false);
  assert.deepEqual([one.lease.granted, one.lease.until, sums.of(100)], [0, undefined, 5]);
  run(gateways, BEGIN + 500, BEGIN + 2000);
  assert.ok(one.lease.granted > 1 && one.lease.granted <= 15);
  run(gateways, BEGIN + 2000, BEGIN + 40_000, () => one.open(30));
  assert.equal(one.live, 20);
});

test('an engine that was emptied is told again what each gateway has', () => {
  const { gateways, sums } = site(2, 20);
  const [one, two] = gateways as [Gateway, Gateway];
  run(gateways, BEGIN, BEGIN + 5000, () => {
    one.open(3);
    two.open(3);
  });
  sums.lose();
  run(gateways, BEGIN + 5000, BEGIN + 24_000, () => {
    one.open(3);
    two.open(3);
  });
  assert.ok(one.live + two.live <= 20, `${one.live} and ${two.live}`);
  assert.ok(sums.of(100) >= granted(gateways));
});

test('more connections than the limit has are known to the others, and no more are granted', () => {
  const { gateways } = site(2, 10);
  const [one, two] = gateways as [Gateway, Gateway];
  one.live = 14;
  run(gateways, BEGIN, BEGIN + 3000);
  assert.equal(one.lease.granted, 10);
  two.live = 1;
  run(gateways, BEGIN + 3000, BEGIN + 6000);
  assert.equal(two.lease.granted, 0);
  one.limit = 4;
  two.limit = 4;
  run(gateways, BEGIN + 6000, BEGIN + WINDOW_MS + 6000);
  assert.ok(one.lease.granted <= 14);
  one.live = 0;
  run(gateways, BEGIN + WINDOW_MS + 6000, BEGIN + WINDOW_MS + 20_000);
  assert.ok(granted(gateways) <= 4);
});

test('a lease that nobody uses is given back after a while, and a clock that jumps begins anew', () => {
  const { gateways, sums } = site(1, 10);
  const [one] = gateways as [Gateway];
  one.live = 3;
  run(gateways, BEGIN, BEGIN + 2000);
  one.live = 0;
  const use = { limit: 10, live: 0, refused: 0 };
  assert.equal(one.lease.isIdle(use, BEGIN + 2000), false);
  assert.equal(one.lease.isIdle(use, BEGIN + 12_000), true);
  for (const claim of one.lease.release(BEGIN + 12_000)) sums.add(claim, one);
  assert.deepEqual([sums.of(100), one.lease.granted, one.lease.until], [0, 0, undefined]);
  one.live = 3;
  one.look(BEGIN + 13_000);
  assert.ok(one.lease.granted >= 3);
  const jumped = BEGIN + 50 * WINDOW_MS;
  one.look(jumped);
  assert.ok(one.lease.granted >= 3);
  assert.equal(one.lease.until, 151 * WINDOW_MS + GRACE_MS);
});
