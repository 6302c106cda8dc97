// First contacts while other gateways of the site speak against lines and addresses. Time is the test's, and so is what they say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { destinationKey } from '../../../../src/protocol/routes/destination-key.js';
import type { RaceAttempt } from '../../../../src/workers/connection/race/attempt/attempt.js';
import { Race, type RaceOutcome } from '../../../../src/workers/connection/race/race.js';
import { A, B, type Changes, found, ip, RaceWorld, SITE } from './race-world.js';

const KEY = destinationKey(SITE.asked, SITE.port, undefined);

class World extends RaceWorld<{ now: number }> {
  constructor(changes: Changes = {}) {
    super({ now: 100_000 }, { lines: [0, 1], isSharing: true, ...changes });
  }

  after(ms: number): void {
    this.engine.now += ms;
    this.ticks.expire(this.engine.now);
    this.deadlines.expire(this.engine.now);
  }

  /** Another gateway says that the line is down. */
  saysDown(line: number, ago_ms = 0): void {
    this.health.apply({ kind: 'foreign-down', line, by: 'b', ago_ms, for_ms: 5000 - ago_ms }, this.engine.now);
  }

  get isHearsay(): boolean | undefined {
    return this.routes.get(KEY, this.engine.now)?.isHearsay;
  }

  race(target = SITE): Racing {
    return new Racing(this, target);
  }

  /** One that is over with its winner, which was slow. */
  raced(attempt: number): void {
    const { race } = this.race();
    this.after(240);
    this.attempts[attempt].connects();
    race.cancel();
  }
}

class Racing implements RaceOutcome {
  readonly depth = 0;
  readonly race: Race;

  constructor(world: World, target: typeof SITE) {
    world.attempts.length = 0;
    this.race = new Race(world, target, undefined, undefined, this);
    this.race.start();
  }

  won(_winner: RaceAttempt): void {}
  lost(): void {}
  joined(): void {}
  exhausted(): void {}
  clientIp(): undefined {
    return undefined;
  }
  clientName(): string {
    return '192.0.2.200';
  }
}

test('a line that another gateway calls down is dialled a quarter of a second later, if it is still needed', () => {
  const world = new World();
  world.known.set('site.test', found(A));
  world.saysDown(0);
  const { race } = world.race();
  assert.deepEqual([world.dialled, race.spares], [[`1 ${A}`], 'warned']);
  world.after(249);
  assert.equal(world.dialled.length, 1);
  world.after(1);
  assert.deepEqual([world.dialled, race.spares], [[`1 ${A}`, `0 ${A}`], undefined]);
});

test('when the others fail, it is dialled at once', () => {
  const world = new World();
  world.known.set('site.test', found(A));
  world.saysDown(0);
  world.race();
  world.attempts[0].fails('refused');
  assert.deepEqual(world.dialled, [`1 ${A}`, `0 ${A}`]);
});

test('its own success ends the word at once, also that of an attempt that nobody waited for', () => {
  const world = new World();
  world.known.set('site.test', found(A));
  world.saysDown(0);
  world.race();
  world.after(250);
  world.attempts[1].connects();
  assert.equal(world.health.foreignDown(0, world.engine.now), undefined);
});

test('what was found so is hearsay: the next connection is a race of all, whatever is said, and then own eyes lead', () => {
  const world = new World();
  world.known.set('site.test', found(A));
  world.saysDown(0);
  world.raced(0);
  assert.equal(world.isHearsay, true);
  const { race } = world.race();
  assert.deepEqual([world.dialled, race.lead], [[`0 ${A}`, `1 ${A}`], undefined]);
  world.after(10);
  world.attempts[0].connects();
  race.cancel();
  assert.equal(world.isHearsay, false);
  world.saysDown(0);
  const third = world.race();
  assert.equal(third.race.lead?.candidate.line, 0, 'a lead that another gateway calls down leads');
  assert.deepEqual(world.dialled, [`0 ${A}`]);
});

test('all lines that are called down are all alike, and so are those that are left when the others may not be used', () => {
  for (const gone of [false, true]) {
    const world = new World({ lines: gone ? [0, 1, 2] : [0, 1] });
    world.known.set('site.test', found(A));
    for (const line of [0, 1]) world.saysDown(line);
    if (gone) world.health.apply({ kind: 'link', line: 2, up: false }, world.engine.now);
    world.race();
    assert.deepEqual(world.dialled, [`0 ${A}`, `1 ${A}`]);
  }
});

test('an address that others call false waits for the other one, over each direct line', () => {
  const world = new World();
  world.known.set('site.test', found(A, B));
  world.toldAddresses.push(ip(A));
  world.race();
  assert.deepEqual(world.dialled, [`0 ${B}`, `1 ${B}`]);
  world.after(250);
  assert.deepEqual(world.dialled.slice(2), [`0 ${A}`, `1 ${A}`]);
});

test('where all addresses are called false, nothing waits', () => {
  const world = new World();
  world.known.set('site.test', found(A, B));
  world.toldAddresses.push(ip(A), ip(B));
  world.race();
  assert.equal(world.dialled.length, 4);
});

test('an address that the client has asked for itself, and one of a proxy, are not spoken of', () => {
  const world = new World({ lines: [0, 2] });
  world.toldAddresses.push(ip(A), ip('192.0.2.9'));
  world.known.set('site.test', found(A));
  world.race();
  assert.deepEqual(
    world.attempts.map(({ candidate }) => candidate.line),
    [2],
  );
});

test('without a share actor no word counts', () => {
  const world = new World({ isSharing: false });
  world.known.set('site.test', found(A));
  world.saysDown(0);
  world.toldAddresses.push(ip(A));
  world.race();
  assert.deepEqual(world.dialled, [`0 ${A}`, `1 ${A}`]);
});

test('nothing waits for addresses that are looked up when its time is over', () => {
  const world = new World({ lines: [0, 2] });
  world.saysDown(2);
  world.race();
  assert.deepEqual(world.dialled, []);
  world.after(250);
  assert.deepEqual(
    world.attempts.map(({ candidate }) => candidate.line),
    [2],
  );
  world.answer('site.test', found(A));
  assert.equal(world.attempts.length, 2);
});
