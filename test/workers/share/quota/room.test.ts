// The limits of a site in the share actors of two gateways, over one engine in memory.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Configuration } from '../../../../src/protocol/options.js';
import { WINDOW_MS } from '../../../../src/protocol/share/quota/window.js';
import { Shares } from '../../../../src/threads/shared/shares.js';
import { SiteLeases } from '../../../../src/threads/shared/site-leases.js';
import { UserLimits, userSlotsFor } from '../../../../src/threads/shared/user-limits.js';
import { USER_SLOTS, UserTable } from '../../../../src/threads/shared/user-table.js';
import { SiteBudgets } from '../../../../src/workers/share/quota/budgets.js';
import { ConnectionLeases } from '../../../../src/workers/share/quota/connections.js';
import { LimitsRoom } from '../../../../src/workers/share/quota/room.js';
import { MemoryEngine } from '../../../helpers/memory-engine.js';
import { Parts } from '../../../helpers/share-site.js';

const LIMIT = 8;
const OPTIONS = { user_connections_max: LIMIT, user_rate: 0, user_bytes_max: 0 };

function gateway(engine: MemoryEngine, name: string) {
  const parts = new Parts(engine, name);
  const clock = (): bigint => BigInt(Math.floor(engine.now * 1000));
  const leases = new SiteLeases(SiteLeases.create(USER_SLOTS), clock);
  const table = new UserTable(UserTable.create());
  const shares = new Shares(Shares.create(userSlotsFor({ connections_max: 100 }), 4096, 7), clock);
  const rules = { on_loss: 'deny', gateways: 2 } as const;
  const limits = new UserLimits(OPTIONS, shares, table, { leases, rules });
  const held = new ConnectionLeases({ ...parts, leases, gateways: () => 2, live: (user) => live(user) });
  const live = (user: string): number => (user === 'alice' ? open.length : 0);
  held.set([{ name: 'alice', limit: LIMIT, slot: table.slotOf('alice') }]);
  const open: number[] = [];
  let fd = 100;
  return {
    ...{ parts, held, leases, open },
    /** How many of so many new connections are admitted. */
    come(count: number): number {
      const before = open.length;
      for (let one = 0; one < count; one += 1) {
        fd += 1;
        if (limits.admit(fd, 'alice', undefined) === undefined) open.push(fd);
      }
      return open.length - before;
    },
    go(count: number): void {
      for (const gone of open.splice(0, count)) shares.closing(gone);
    },
  };
}

type Gateway = ReturnType<typeof gateway>;

/** Looks of all gateways, each half a second. */
async function pass(engine: MemoryEngine, gateways: readonly Gateway[], ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    engine.now += 500;
    for (const { held } of gateways) await held.look();
  }
}

test('two gateways share one limit: together a user has no more than that, and can have all of it', async () => {
  const engine = new MemoryEngine();
  engine.now = 100 * WINDOW_MS + 6000;
  const gateways = [gateway(engine, 'alpha'), gateway(engine, 'beta')] as const;
  const [alpha, beta] = gateways;
  await pass(engine, gateways, 1000);
  assert.equal(alpha.come(10), 4, 'its local share at first');
  await pass(engine, gateways, 1000);
  alpha.come(10);
  await pass(engine, gateways, 3000);
  alpha.come(10);
  assert.equal(alpha.open.length, LIMIT);
  assert.equal(beta.come(1), 1, 'it does not know yet');
  await pass(engine, gateways, 1000);
  assert.equal(beta.come(5), 0);
  for (let second = 0; second < 90; second += 1) {
    await pass(engine, gateways, 1000);
    assert.equal(alpha.come(1) + beta.come(1), 0, `after ${second} s`);
  }
  alpha.go(LIMIT);
  for (let second = 0; second < 20; second += 1) {
    await pass(engine, gateways, 1000);
    beta.come(LIMIT);
  }
  assert.ok(beta.open.length >= LIMIT - 1, String(beta.open.length));
  assert.ok(alpha.open.length + beta.open.length <= LIMIT);
});

test('who sets numbers in the engine neither takes the local share from a gateway nor gives it more than the limit', async () => {
  for (const lie of [1_000_000_000, -1_000_000_000]) {
    for (const fields of [['='], ['alpha', 'beta'], ['=', 'alpha', 'beta']]) {
      const engine = new MemoryEngine();
      engine.now = 100 * WINDOW_MS + 6000;
      const gateways = [gateway(engine, 'alpha'), gateway(engine, 'beta')] as const;
      await pass(engine, gateways, 1000);
      for (let second = 0; second < 70; second += 1) {
        for (const [key, { value }] of engine.kept)
          if (key.includes(':q:w') && value instanceof Map) for (const field of fields) value.set(field, lie);
        await pass(engine, gateways, 1000);
        for (const one of gateways) one.come(LIMIT);
        for (const { open } of gateways)
          assert.ok(open.length >= LIMIT / 2 && open.length <= LIMIT, `${lie} ${fields} ${second} ${open.length}`);
        for (const one of gateways) one.go(LIMIT);
      }
      // When it ends, the next window is as ever.
      await pass(engine, gateways, 40_000);
      for (let second = 0; second < 20; second += 1) {
        gateways[0].come(LIMIT);
        await pass(engine, gateways, 1000);
      }
      assert.ok(gateways[0].open.length > LIMIT / 2, `${lie} ${fields} in the end ${gateways[0].open.length}`);
    }
  }
});

test('the lease of an engine that is lost goes on for a while, then on_loss holds, until it is back', async () => {
  const engine = new MemoryEngine();
  engine.now = 100 * WINDOW_MS + 6000;
  const one = gateway(engine, 'alpha');
  await pass(engine, [one], 1000);
  one.come(2);
  await pass(engine, [one], 1000);
  engine.isUp = false;
  await pass(engine, [one], 16_000);
  assert.equal(one.leases.isReached, false);
  assert.equal(one.come(1), 1);
  await pass(engine, [one], 25_000);
  assert.equal(one.come(1), 0);
  assert.ok(one.held.counts.unanswered > 0);
  engine.comesUp();
  await pass(engine, [one], 1000);
  assert.equal(one.come(1), 1);
});

test('who has no user with a connection asks for nothing but whether the engine is there', async () => {
  const engine = new MemoryEngine();
  const one = gateway(engine, 'alpha');
  await pass(engine, [one], 20_000);
  assert.ok(engine.asked.length <= 5, String(engine.asked.length));
  assert.ok(engine.asked.every((commands) => commands.length === 2));
  assert.equal(one.held.size, 0);
});

test('a lease that nobody uses is given back, and so are all at the end; another engine knows of none', async () => {
  const engine = new MemoryEngine();
  engine.now = 100 * WINDOW_MS + 6000;
  const one = gateway(engine, 'alpha');
  await pass(engine, [one], 1000);
  one.come(2);
  await pass(engine, [one], 1000);
  const sums = (): readonly unknown[] =>
    [...engine.kept]
      .filter(([key]) => key.includes(':w'))
      .map(([, { value }]) => (value as Map<string, number>).get('='));
  assert.notDeepEqual(sums(), [0]);
  one.go(2);
  await pass(engine, [one], 12_000);
  assert.deepEqual([one.held.size, sums()], [0, [0]]);
  one.come(1);
  await pass(engine, [one], 1000);
  assert.equal(one.held.size, 1);
  // The gateway leaves the site, which is not the present one any more.
  const site = one.parts.present;
  assert.ok(site !== undefined);
  one.parts.present = undefined;
  await one.held.leave(site);
  assert.deepEqual([one.held.size, sums()], [0, [0]]);
  one.parts.present = site;
  one.come(1);
  await pass(engine, [one], 1000);
  one.parts.present = undefined;
  await pass(engine, [one], 500);
  assert.equal(one.held.size, 0);
});

test('budgets of gateways are one sum, under names that nobody can read', async () => {
  const engine = new MemoryEngine();
  const [alpha, beta] = [new SiteBudgets(new Parts(engine, 'alpha')), new SiteBudgets(new Parts(engine, 'beta'))];
  const use = (bytes: number) => ({ budget: 'user alice', begins: '2026-11-01', bytes });
  for (let times = 0; times < 2; times += 1) {
    await alpha.ask([use(600)]);
    await beta.ask([use(500)]);
  }
  assert.deepEqual(await alpha.ask([use(600)]), [{ budget: 'user alice', bytes: 500 }]);
  assert.deepEqual(await beta.ask([use(500), { ...use(9), begins: '2026-12-01' }]), [
    { budget: 'user alice', bytes: 600 },
    { budget: 'user alice', bytes: 0 },
  ]);
  engine.kept.clear();
  for (let times = 0; times < 2; times += 1) {
    await beta.ask([use(500)]);
    await alpha.ask([use(700)]);
  }
  assert.deepEqual(await beta.ask([use(500)]), [{ budget: 'user alice', bytes: 700 }]);
  assert.ok([...engine.kept.keys()].every((key) => /^tr1:\{main\}:q:m2026-1[12]-01:[\w-]{22}$/.test(key)));
  engine.isUp = false;
  assert.equal(await alpha.ask([use(800)]), undefined);
  assert.equal(alpha.counts.unanswered, 1);
});

test('the room looks only where limits are shared and users have some', async (context: TestContext) => {
  const engine = new MemoryEngine();
  const parts = new Parts(engine, 'alpha');
  const memory = {
    userShares: Shares.create(userSlotsFor({ connections_max: 100 }), 4096, 7),
    ...{ userTable: UserTable.create(), siteLeases: SiteLeases.create(USER_SLOTS) },
  };
  const room = new LimitsRoom(parts, memory);
  context.after(() => room.close());
  const set = (limits: boolean, user_connections_max: number): void => {
    const { inForce } = parts;
    const share = { ...inForce.share, limits };
    const next: Configuration = { ...inForce, share, limits: { ...inForce.limits, user_connections_max } };
    parts.inForce = next;
    room.configured();
  };
  room.setUsers([{ name: 'alice', connections_max: undefined }]);
  set(false, 5);
  set(true, 0);
  assert.deepEqual([engine.asked.length, await room.askBudgets([])], [0, []]);
  set(true, 5);
  assert.equal(engine.asked.length, 1);
  await new Promise(setImmediate);
  assert.equal(room.seen().limits?.is_lost, false);
  set(false, 5);
  assert.deepEqual([room.seen(), await room.askBudgets([])], [{}, undefined]);
});
