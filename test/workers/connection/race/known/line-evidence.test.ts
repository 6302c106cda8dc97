// What races tell of their lines as wholes. Without sockets; time is the test's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { networkNumber } from '../../../../../src/protocol/address/network-number.js';
import { type Target, targetOfName } from '../../../../../src/protocol/address/target.js';
import { WHOLE_LINE } from '../../../../../src/protocol/lines/health/doubt.js';
import type { LineEvent } from '../../../../../src/protocol/lines/health/health.js';
import { destinationKey } from '../../../../../src/protocol/routes/destination-key.js';
import { Race, type RaceOutcome } from '../../../../../src/workers/connection/race/race.js';
import { A, type Changes, found, ip, PROXY, RaceWorld, SITE } from '../race-world.js';

class World extends RaceWorld<{ now: number }> {
  readonly told: LineEvent[] = [];

  constructor(changes: Changes = { lines: [0, 1, PROXY] }) {
    super({ now: 100_000 }, changes);
    this.known.set('site.test', found(A));
    this.routes.tell = (event) => void this.told.push(event);
  }

  /** A race in which a line leads, or all start at once. */
  race(lead?: number): Race {
    const key = destinationKey(SITE.asked, SITE.port, undefined);
    const { now } = this.engine;
    if (lead !== undefined) {
      const address = ip(lead === PROXY ? '198.51.100.80' : A);
      const memory = this.routes.open(key, now);
      this.routes.connected(key, memory, { line: lead, ip: address }, 20, now);
      memory.raced = now;
    }
    const race = new Race(this, SITE, undefined, undefined, NOBODY);
    race.start();
    return race;
  }

  after(ms: number): void {
    this.engine.now += ms;
    this.ticks.expire(this.engine.now);
  }

  of(line: number) {
    return this.attempts.find(({ candidate }) => candidate.line === line) ?? assert.fail(`no attempt of line ${line}`);
  }
}

const NOBODY: RaceOutcome = {
  depth: 0,
  won() {},
  lost() {},
  joined() {},
  exhausted() {},
  clientIp: () => undefined,
  clientName: () => 'test',
};
const NETWORK = networkNumber(ip(A));

test('a lead that is late counts against its line when another line has won', () => {
  const world = new World();
  const race = world.race(0);
  world.after(500);
  world.of(1).connects();
  race.cancel();
  assert.deepEqual(world.told, [{ kind: 'lost', line: 0, network: NETWORK, for_ms: 500 }]);
});

test('the way that has failed counts, before and after another line has won, and a refusal does not', () => {
  const world = new World();
  const race = world.race();
  world.after(10);
  world.of(0).fails('host-unreachable');
  assert.deepEqual(world.told, []);
  world.of(1).connects();
  assert.deepEqual(world.told, [{ kind: 'lost', line: 0, network: NETWORK, for_ms: 10 }]);
  world.of(PROXY).fails('refused');
  const { told } = world;
  assert.deepEqual(
    told.slice(1).map(({ kind }) => kind),
    ['proxy-failed', 'lost'],
  );
  assert.deepEqual(told.at(-1), { kind: 'lost', line: PROXY, network: WHOLE_LINE, for_ms: 10 });
  race.cancel();
});

test('a destination that refuses or resets says nothing of the line', () => {
  for (const code of ['refused', 'reset', 'forbidden'] as const) {
    const world = new World();
    const race = world.race();
    world.of(0).fails(code);
    world.of(1).connects();
    race.cancel();
    assert.deepEqual(world.told, []);
  }
});

test('a race that nobody has won says nothing of the lines but their proxies', () => {
  const world = new World();
  world.race();
  for (const attempt of [...world.attempts]) attempt.fails('timed-out');
  assert.deepEqual(
    world.told.map(({ kind }) => kind),
    ['proxy-failed'],
  );
});

test('a line that answers early proves nothing against others by winning', () => {
  const world = new World();
  world.health.setEarly(PROXY, true, world.engine.now);
  const race = world.race();
  world.of(0).fails('timed-out');
  world.of(PROXY).connects();
  world.after(world.options.race.first_byte_ms);
  assert.deepEqual(world.told, []);
  race.cancel();
});

test('a lead that has got past its proxy is not silent', () => {
  const world = new World();
  const race = world.race(PROXY);
  world.after(500);
  world.of(PROXY).towards = 'destination';
  world.of(1).connects();
  race.cancel();
  assert.deepEqual(world.told, []);
});

test('the first connection over a doubted line is told', () => {
  const world = new World();
  world.health.lost(1, NETWORK, world.engine.now, world.engine.now);
  const race = world.race();
  world.after(1);
  world.of(1).connects();
  race.cancel();
  assert.deepEqual(world.told, [{ kind: 'works', line: 1, near: false, ago_ms: 0 }]);
});

test('a trial that fails says nothing of a line that works elsewhere, and that a dead one is still dead', () => {
  const world = new World({ lines: [0, PROXY], preferences: { [PROXY]: { tier: 1 } } });
  const tryHome = (): void => {
    world.attempts.length = 0;
    const race = world.race(PROXY);
    world.of(PROXY).connects();
    race.cancel();
    world.trials.at(-1)?.attempt.fails('timed-out');
  };
  world.race(PROXY).cancel();
  for (const trials of [1, 2]) {
    world.after(60_000);
    tryHome();
    assert.equal(world.trials.length, trials);
  }
  assert.deepEqual(world.told, []);
  world.after(60_000);
  const began = world.engine.now - 2000;
  for (const at of ['192.0.2.1', '198.51.100.1', '203.0.113.1'])
    world.health.lost(0, networkNumber(ip(at)), began, began + 2000);
  assert.equal(world.health.isDead(0, world.engine.now), true);
  world.after(60_000);
  tryHome();
  assert.deepEqual(
    world.told.map(({ kind }) => kind),
    ['lost'],
  );
});

test('a first contact that its race gives up runs out: it is lost if it does not connect, and a slow line works', () => {
  const world = new World();
  const slow = world.race();
  world.after(world.options.race.first_byte_ms + 1);
  world.of(1).connects();
  slow.cancel();
  assert.deepEqual([world.of(0).result, world.of(PROXY).result], ['abandoned', 'abandoned']);
  assert.deepEqual(world.told, []);
  const over = world.of(0).runsUntil ?? assert.fail('it does not go on');
  world.after(over - world.engine.now);
  world.of(0).fails('timed-out');
  world.of(PROXY).connects();
  assert.deepEqual(world.told, [{ kind: 'lost', line: 0, network: NETWORK, for_ms: over - world.of(0).started }]);
  assert.equal(world.of(PROXY).result, 'abandoned');
  assert.equal(world.lost.length, 0);
});

test('what is given up within its usual time, or where its own line has won, does not run out', () => {
  const world = new World({ lines: [0, 1] });
  const race = world.race();
  world.after(world.options.race.first_byte_ms - 1);
  world.of(1).connects();
  race.cancel();
  const early = new World({ lines: [0, PROXY] });
  early.health.setEarly(PROXY, true, early.engine.now);
  const held = early.race();
  early.of(PROXY).connects();
  early.after(5000);
  held.cancel();
  const own = new World({ lines: [0, 1] });
  own.known.set('site.test', found(A, '192.0.2.2'));
  const same = own.race();
  own.after(500);
  const [first, second] = own.attempts.filter(({ candidate }) => candidate.line === 0);
  second?.connects();
  own.after(5000);
  same.cancel();
  assert.deepEqual(
    [world.of(0), early.of(0), first].map((attempt) => attempt?.runsUntil),
    [undefined, undefined, undefined],
  );
});

test('of a line few run out at a time', () => {
  const world = new World({ lines: [0, 1] });
  let going = 0;
  for (let site = 0; site < 100; site += 1) {
    world.attempts.length = 0;
    world.known.set(`site.test${site}`, found(`203.0.${site}.1`));
    const race = new Race(world, targetOfName(`site.test${site}`, 443) as Target, undefined, undefined, NOBODY);
    race.start();
    world.after(10);
    world.of(0).started -= 5000;
    world.of(1).connects();
    race.cancel();
    if (world.of(0).runsUntil !== undefined) going += 1;
  }
  assert.equal(going, 4);
});

const contact = fc.record({
  gap: fc.integer({ min: 0, max: 2000 }),
  winner: fc.integer({ min: 1, max: 300 }),
  answer: fc.integer({ min: 0, max: 600 }),
  slower: fc.integer({ min: 0, max: 1200 }),
});

test('a line that is only slower than another, however much it varies, is never lost', () => {
  fc.assert(
    fc.property(fc.array(contact, { maxLength: 30 }), (contacts) => {
      const world = new World({ lines: [0, 1] });
      for (const [i, { gap, winner, answer, slower }] of contacts.entries()) {
        world.attempts.length = 0;
        world.known.set(`site.test${i}`, found(`203.0.${i}.1`));
        const race = new Race(world, targetOfName(`site.test${i}`, 443) as Target, undefined, undefined, NOBODY);
        race.start();
        world.after(winner);
        world.of(1).connects();
        world.after(Math.min(answer, slower));
        if (slower <= answer) world.of(0).connects();
        race.cancel();
        const until = world.of(0).runsUntil;
        if (until !== undefined) {
          world.after(slower - answer);
          if (world.engine.now < until) world.of(0).connects();
          else world.of(0).fails('timed-out');
        }
        world.after(gap);
      }
      assert.ok(world.told.every(({ kind }) => kind !== 'lost'));
      assert.equal(world.health.isDead(0, world.engine.now), false);
    }),
  );
});
