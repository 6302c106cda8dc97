// Races where some lines are preferred: what waits for what, and what is tried beside the lead. Time is the test's. The plan's
// own decisions are recorded in test/fixtures/races.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failure } from '../../../../src/protocol/race/failure.js';
import type { RaceAttempt } from '../../../../src/workers/connection/race/attempt/attempt.js';
import { Race, type RaceOutcome } from '../../../../src/workers/connection/race/race.js';
import { A, B, type Changes, found, ip, lost, PROXY, RaceWorld, SITE } from './race-world.js';

const PROXY_IP = '198.51.100.80';
/** The first line is cheap, the proxy dear. */
const DEAR: Changes = { lines: [0, PROXY], preferences: { [PROXY]: { tier: 1 } } };

class World extends RaceWorld<{ now: number }> {
  constructor(changes: Changes = DEAR) {
    super({ now: 100_000 }, changes);
  }

  after(ms: number): void {
    this.engine.now += ms;
    this.ticks.expire(this.engine.now);
    this.deadlines.expire(this.engine.now);
  }

  /** A race, of which everything so far is forgotten. */
  begin(): Racing {
    this.attempts.length = 0;
    return new Racing(this);
  }

  /** The site is reached by the proxy, since the cheap line refuses. */
  reachByProxy(): void {
    const { race } = this.begin();
    this.attempts.find(({ candidate }) => candidate.line === 0)?.fails('refused');
    this.attempts.at(-1)?.connects();
    race.cancel();
  }
}

class Racing implements RaceOutcome {
  readonly depth = 0;
  readonly told: string[] = [];
  readonly race: Race;
  winner: RaceAttempt | undefined;

  constructor(world: World) {
    this.race = new Race(world, SITE, undefined, undefined, this);
    this.race.start();
  }

  won(winner: RaceAttempt): void {
    this.told.push('won');
    this.winner = winner;
  }
  lost({ code }: Failure): void {
    this.told.push(`lost ${code}`);
  }
  joined(): void {
    this.told.push('joined');
  }
  exhausted(): void {
    this.told.push('exhausted');
  }
  clientIp(): undefined {
    return undefined;
  }
  clientName(): string {
    return '192.0.2.200';
  }
}

function known(...addresses: readonly string[]): World {
  const world = new World();
  world.known.set('site.test', found(...addresses));
  return world;
}

test('a dearer line waits while a cheaper one is in time, and the record says so', () => {
  const world = known(A, B);
  const { race, told } = world.begin();
  assert.deepEqual(world.dialled, [`0 ${A}`, `0 ${B}`]);
  world.after(100);
  world.attempts[0].connects();
  assert.deepEqual([told, race.spares, race.hasOthers], [['won'], 'cheaper', true]);
  world.after(1000);
  assert.equal(world.attempts.length, 2);
});

test('a dearer line starts when the cheaper one is late, has failed, or has no address', () => {
  const late = known(A);
  late.begin();
  late.after(late.options.race.first_byte_ms);
  assert.deepEqual(late.dialled, [`0 ${A}`, `2 ${PROXY_IP}`]);
  const failed = known(A);
  failed.begin();
  failed.attempts[0].fails('refused');
  assert.deepEqual(failed.dialled, [`0 ${A}`, `2 ${PROXY_IP}`]);
  const unknown = new World();
  unknown.begin();
  assert.deepEqual(unknown.dialled, []);
  unknown.answer('site.test', lost('no-such-name'));
  assert.deepEqual(unknown.dialled, [`2 ${PROXY_IP}`]);
});

test('the winner does not answer: the dearer line is opened', () => {
  const world = known(A);
  const { race, told } = world.begin();
  world.after(20);
  world.attempts[0].connects();
  assert.equal(race.another(), 'coming');
  assert.deepEqual(world.dialled, [`0 ${A}`, `2 ${PROXY_IP}`]);
  world.attempts[1].connects();
  assert.deepEqual(told, ['won', 'joined']);
});

test('a dead line holds back nothing', () => {
  const world = known(A);
  for (let network = 0; network < 10; network += 1) {
    world.after(1000);
    for (let i = 0; i < 5; i += 1) world.health.lost(0, network * 1000 + i, world.engine.now - 500, world.engine.now);
  }
  assert.equal(world.health.isDead(0, world.engine.now), true);
  world.begin();
  assert.deepEqual(world.dialled, [`0 ${A}`, `2 ${PROXY_IP}`]);
});

test('a cheaper line is tried beside the lead, which starts at once and carries the connection', () => {
  const world = known(A);
  world.reachByProxy();
  world.after(1000);
  const { race } = world.begin();
  assert.deepEqual([world.dialled, race.trial], [[`2 ${PROXY_IP}`], undefined]);
  race.cancel();
  world.after(11_000);
  const next = world.begin();
  assert.deepEqual(world.dialled, [`2 ${PROXY_IP}`]);
  const [trial] = world.trials;
  const { line, ip: address } = trial.attempt.candidate;
  assert.deepEqual([line, address], [0, ip(A)]);
  assert.deepEqual([next.race.trial === trial.attempt, trial.told], [true, ['start']]);
  world.attempts[0].connects();
  assert.equal(next.winner, world.attempts[0]);
  next.race.said(new Uint8Array(1));
  next.race.cancel();
  assert.deepEqual(trial.told, ['start', 'said', 'over']);
  assert.equal(trial.attempt.result, undefined, 'it outlives the race');
  assert.equal(next.race.attempts.length, 2);
  // One at a time.
  world.begin();
  assert.equal(world.trials.length, 1);
});

test('an address that is to be tried comes from the answer that is known; where there is none it is asked for', () => {
  const world = known(A);
  world.reachByProxy();
  world.known.clear();
  world.after(1000);
  world.begin().race.cancel();
  world.after(20_000);
  world.begin().race.cancel();
  assert.deepEqual([world.trials.length, world.waiters.has('site.test')], [0, true]);
  world.known.set('site.test', found(B));
  world.begin().race.cancel();
  assert.equal(world.trials.length, 1);
});

test('nothing is tried where descriptors are short, or where the lead is the cheapest', () => {
  const short = known(A);
  short.reachByProxy();
  short.after(1000);
  short.begin().race.cancel();
  short.after(20_000);
  for (let i = 0; i < 2000; i += 1) short.budget.hold();
  short.begin().race.cancel();
  assert.equal(short.trials.length, 0);
  const cheap = known(A);
  for (let i = 0; i < 3; i += 1) {
    const { race } = cheap.begin();
    cheap.attempts[0].connects();
    race.cancel();
    cheap.after(20_000);
  }
  assert.equal(cheap.trials.length, 0);
});

test('a lead that connects and does not answer: the dearer line is opened', () => {
  const world = known(A);
  world.begin().race.cancel();
  world.attempts[0].result = undefined;
  const first = world.begin();
  world.attempts[0].connects();
  first.race.cancel();
  world.after(1000);
  const { race, told } = world.begin();
  world.after(20);
  world.attempts[0].connects();
  assert.deepEqual([told, race.lead === world.attempts[0], race.hasOthers], [['won'], true, true]);
  assert.equal(race.another(), 'coming');
  assert.deepEqual(world.dialled, [`0 ${A}`, `2 ${PROXY_IP}`]);
});
