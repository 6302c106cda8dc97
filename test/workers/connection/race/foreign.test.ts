// First contacts that begin with what another gateway of the site knows. Time is the test's, and so is what that gateway says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Target } from '../../../../src/protocol/address/target.js';
import { destinationKey } from '../../../../src/protocol/routes/destination-key.js';
import type { ForeignHint } from '../../../../src/threads/contracts/share.js';
import { Counter } from '../../../../src/threads/shared/counters.js';
import type { RaceAttempt } from '../../../../src/workers/connection/race/attempt/attempt.js';
import { Race, type RaceOutcome } from '../../../../src/workers/connection/race/race.js';
import { A, B, type Changes, found, ip, RaceWorld, SITE } from './race-world.js';

const KEY = destinationKey(SITE.asked, SITE.port, undefined);
const HINT: ForeignHint = {
  ...{ destination: KEY, line: 1, ip: undefined, connect_ms: 20, first_byte_ms: 40, mute: [] },
  ...{ from: 'b', age_ms: 12_000 },
};
/** For how long the hinted line is alone. */
const ALONE_MS = 3 * HINT.connect_ms;

class World extends RaceWorld<{ now: number }> {
  constructor(changes: Changes = {}) {
    super({ now: 100_000 }, { lines: [0, 1], isSharing: true, ...changes });
  }

  after(ms: number): void {
    this.engine.now += ms;
    this.ticks.expire(this.engine.now);
    this.deadlines.expire(this.engine.now);
  }

  tell(changes: Partial<ForeignHint> = {}): void {
    this.foreignHints.told([{ ...HINT, ...changes }]);
  }

  get alone_ms(): number {
    return ALONE_MS + this.options.race.margin_ms;
  }

  /** Hints asked, told, told too late, and that were first. */
  get hints(): readonly number[] {
    const { hintsAsked, hintsTold, hintsTooLate, hintsFirst } = Counter;
    return [hintsAsked, hintsTold, hintsTooLate, hintsFirst].map((counter) => this.counters[counter]);
  }
}

class Racing implements RaceOutcome {
  readonly depth = 0;
  readonly race: Race;
  winner: RaceAttempt | undefined;
  isLost = false;

  constructor(world: World, target: Target = SITE) {
    world.attempts.length = 0;
    this.race = new Race(world, target, undefined, undefined, this);
    this.race.start();
  }

  won(winner: RaceAttempt): void {
    this.winner = winner;
  }
  lost(): void {
    this.isLost = true;
  }
  joined(): void {}
  exhausted(): void {}
  clientIp(): undefined {
    return undefined;
  }
  clientName(): string {
    return '192.0.2.200';
  }
}

test('a hint that is there before the addresses puts its line first, and the others wait for it', () => {
  const world = new World();
  const { race } = new Racing(world);
  world.tell();
  world.after(5);
  world.answer('site.test', found(A));
  assert.deepEqual(world.dialled, [`1 ${A}`]);
  assert.deepEqual([race.told, world.hints], [{ line: 1, from: 'b', age_ms: 12_005 }, [1, 1, 0, 1]]);
  world.after(20);
  world.attempts[0].connects();
  assert.equal(race.spares, 'told');
  race.cancel();
  assert.equal(world.ticks.size, 0);
});

test('the others start when it is late, or has failed', () => {
  const late = new World();
  new Racing(late);
  late.tell();
  late.answer('site.test', found(A));
  late.after(late.alone_ms - 1);
  assert.deepEqual(late.dialled, [`1 ${A}`]);
  late.after(1);
  assert.deepEqual(late.dialled, [`1 ${A}`, `0 ${A}`]);
  const refused = new World();
  new Racing(refused);
  refused.tell();
  refused.answer('site.test', found(A));
  refused.attempts[0].fails('refused');
  assert.deepEqual(refused.dialled, [`1 ${A}`, `0 ${A}`]);
});

test('nothing waits for a hint: one that comes after the first dial is too late', () => {
  const world = new World();
  const { race } = new Racing(world);
  world.answer('site.test', found(A));
  assert.deepEqual(world.dialled, [`0 ${A}`, `1 ${A}`]);
  world.tell();
  assert.deepEqual([race.told, world.hints], [undefined, [1, 1, 1, 0]]);
});

test('where there is something to dial at once, nobody is asked', () => {
  const world = new World();
  world.known.set('site.test', found(A));
  new Racing(world);
  assert.deepEqual(
    [world.dialled, world.hints],
    [
      [`0 ${A}`, `1 ${A}`],
      [0, 0, 0, 0],
    ],
  );
});

test('without a share actor, with one line, and for what is remembered, nobody is asked', () => {
  for (const changes of [{ isSharing: false }, { lines: [0] }]) {
    const world = new World(changes);
    new Racing(world);
    assert.equal(world.hints[0], 0);
  }
  const known = new World();
  known.routes.connected(KEY, known.routes.open(KEY, 0), { line: 0, ip: ip(A) }, 20, known.engine.now);
  new Racing(known);
  assert.equal(known.hints[0], 0);
});

test('what neighbours show goes before what another gateway says', () => {
  const world = new World();
  void world.routes.routesChanged([], [], ['site.test']);
  const key = destinationKey('other.site.test', SITE.port, undefined);
  const { now } = world.engine;
  world.routes.connected(key, world.routes.open(key, now), { line: 0, ip: ip(B) }, 20, now);
  new Racing(world);
  assert.equal(world.hints[0], 0);
  world.answer('site.test', found(A));
  assert.deepEqual(world.dialled, [`0 ${A}`]);
});

test('a hint counts only for a line with candidates of its own', () => {
  const world = new World();
  world.barred.add(A);
  const { race } = new Racing(world);
  world.tell({ line: 2 });
  world.answer('site.test', found(A, B));
  assert.deepEqual([world.dialled, race.told], [[`0 ${B}`, `1 ${B}`], undefined], 'not a line of this race');
});

test('one measurement, and it is forgotten: the next race is of all, and asks nobody', () => {
  const world = new World();
  const first = new Racing(world);
  world.tell();
  world.answer('site.test', found(A));
  world.after(20);
  world.attempts[0].connects();
  first.race.cancel();
  assert.equal(world.routes.get(KEY, world.engine.now)?.isHearsay, true);
  world.known.set('site.test', found(A));
  const { race } = new Racing(world);
  assert.deepEqual([world.dialled, race.told, race.lead], [[`0 ${A}`, `1 ${A}`], undefined, undefined]);
  world.attempts[0].connects();
  race.cancel();
  assert.equal(world.routes.get(KEY, world.engine.now)?.isHearsay, false);
  const { race: third } = new Racing(world);
  assert.ok(third.lead !== undefined, 'what has been seen here leads');
  assert.equal(world.hints[0], 1);
});

test('that others have begun too, but later, makes it no less hearsay', () => {
  const world = new World();
  const { race } = new Racing(world);
  world.tell();
  world.answer('site.test', found(A));
  world.after(world.alone_ms);
  world.attempts[0].connects();
  race.cancel();
  assert.equal(world.routes.get(KEY, world.engine.now)?.isHearsay, true);
});

test('a hint that has failed is not used again, nor asked for, while the destination is down', () => {
  const world = new World();
  const down = new Racing(world);
  world.tell();
  world.answer('site.test', found(A));
  world.attempts[0].fails('refused');
  world.attempts[1].fails('refused');
  assert.equal(down.isLost, true);
  world.after(2000);
  const { race } = new Racing(world);
  world.tell();
  world.answer('site.test', found(A));
  assert.deepEqual([world.dialled, race.told, world.hints[0]], [[`0 ${A}`, `1 ${A}`], undefined, 1]);
});

test('clients who come at the same time have the same hint', () => {
  const world = new World();
  const [, second] = [new Racing(world), new Racing(world)];
  world.tell();
  world.answer('site.test', found(A));
  assert.deepEqual(
    [world.dialled, world.hints],
    [
      [`1 ${A}`, `1 ${A}`],
      [1, 1, 0, 2],
    ],
  );
  assert.equal(second.race.told?.from, 'b');
});

test('a told line that connects has 250 ms to answer, and no longer than any other has', () => {
  for (const [first_byte_ms, within_ms] of [
    [1000, 250],
    [100, 100],
  ]) {
    const world = new World({ race: { first_byte_ms } });
    const { race } = new Racing(world);
    world.tell({ first_byte_ms: 60_000 });
    world.answer('site.test', found(A));
    const [told] = world.attempts;
    assert.equal(race.answersWithin(told), within_ms);
    assert.equal(race.another(), 'coming');
    assert.deepEqual(world.dialled, [`1 ${A}`, `0 ${A}`], 'then the others begin at once');
    assert.equal(race.answersWithin(world.attempts[1]), first_byte_ms);
  }
});

test('a told line over which no answer came is the last one to begin, until all have raced', () => {
  const world = new World();
  const { race } = new Racing(world);
  world.tell();
  world.answer('site.test', found(A));
  const [told] = world.attempts;
  told.connects();
  race.cancel();
  const learning = race.reached(told);
  learning?.unanswered?.(249);
  world.known.set('site.test', found(A));
  const soon = new Racing(world);
  assert.deepEqual(world.dialled, [`0 ${A}`, `1 ${A}`], 'it has hardly had the time');
  soon.race.cancel();
  learning?.unanswered?.(250);
  const { race: later } = new Racing(world);
  assert.deepEqual(world.dialled, [`0 ${A}`]);
  world.attempts[0].connects();
  assert.equal(later.another(), 'coming');
  assert.deepEqual(world.dialled, [`0 ${A}`, `1 ${A}`], 'but it does');
  later.cancel();
  assert.equal(world.counters[Counter.hintsUseful], 0);
});

test('a hint is useful when an answer comes over its line, and another silence says nothing', () => {
  const world = new World();
  const { race } = new Racing(world);
  world.tell();
  world.answer('site.test', found(A));
  const [told] = world.attempts;
  told.connects();
  race.another();
  const other = world.attempts[1];
  other.connects();
  race.reached(other)?.unanswered?.(60_000);
  race.reached(other)?.answered('plain', 20);
  assert.equal(world.counters[Counter.hintsUseful], 0);
  race.reached(told)?.answered('plain', 20);
  assert.equal(world.counters[Counter.hintsUseful], 1);
  const known = world.routes.get(KEY, world.engine.now);
  assert.deepEqual(
    known?.candidates.map(({ pending }) => pending),
    [undefined, undefined],
  );
  race.cancel();
});

test('a line that is mute elsewhere begins last', () => {
  const world = new World({ lines: [0, 1] });
  new Racing(world);
  world.tell({ mute: [0] });
  world.answer('site.test', found(A));
  world.after(249);
  assert.deepEqual(world.dialled, [`1 ${A}`]);
  world.after(1);
  assert.deepEqual(world.dialled, [`1 ${A}`, `0 ${A}`]);
});
