// A race without sockets: what it starts and when, who wins, what is kept, and with what it is lost. Time is the test's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Target, targetOfIp } from '../../../../src/protocol/address/target.js';
import type { Failure } from '../../../../src/protocol/race/failure.js';
import { destinationKey } from '../../../../src/protocol/routes/destination-key.js';
import { Counter } from '../../../../src/threads/shared/counters.js';
import { LineCounts } from '../../../../src/threads/shared/line-counts.js';
import type { RaceAttempt } from '../../../../src/workers/connection/race/attempt/attempt.js';
import { Race, type RaceOutcome } from '../../../../src/workers/connection/race/race.js';
import type { FakeAttempt } from './fake-attempt.js';
import { A, B, type Changes, found, ip, lost, PROXY, RACING_MAX, RaceWorld, SITE } from './race-world.js';

const CLIENT = '192.0.2.200';

class World extends RaceWorld<{ now: number }> {
  constructor(changes: Changes = {}) {
    super({ now: 100_000 }, changes);
  }

  /** `ms` later. */
  after(ms: number): void {
    this.engine.now += ms;
    this.ticks.expire(this.engine.now);
    this.deadlines.expire(this.engine.now);
  }

  /** The line has connected to the site by this address before, in 20 ms. */
  remember(line: number, address: string): void {
    const { now } = this.engine;
    const key = destinationKey(SITE.asked, SITE.port, undefined);
    const memory = this.routes.open(key, now);
    this.routes.connected(key, memory, { line, ip: ip(address) }, 20, now);
    memory.raced = now;
  }

  /** From which time on that candidate is late, in ms. */
  get patience_ms(): number {
    return 20 + 4 * 10 + this.options.race.margin_ms;
  }
}

/** A race that has started, and what it has told. */
class Racing implements RaceOutcome {
  readonly depth = 0;
  readonly told: string[] = [];
  readonly race: Race;
  winner: RaceAttempt | undefined;
  failure: Failure | undefined;

  constructor(world: World, target: Target = SITE) {
    this.race = new Race(world, target, undefined, undefined, this);
    this.race.start();
  }

  won(winner: RaceAttempt): void {
    this.told.push('won');
    this.winner = winner;
  }
  lost(failure: Failure): void {
    this.told.push('lost');
    this.failure = failure;
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
    return CLIENT;
  }
}

/** A world in which the site's addresses are known. */
function known(addresses: readonly string[], changes: Changes = {}): World {
  const world = new World(changes);
  world.known.set('site.test', found(...addresses));
  return world;
}

const resultsOf = (attempts: readonly FakeAttempt[]) => attempts.map(({ result }) => result);

test('where nothing is known all candidates start at once, and the lines take turns', () => {
  const world = known([A, B], { lines: [0, 1] });
  new Racing(world);
  assert.deepEqual(world.dialled, [`0 ${A}`, `1 ${A}`, `0 ${B}`, `1 ${B}`]);
  assert.equal(world.counters[Counter.firstContacts], 1);
  assert.equal(world.counters[Counter.attempts], 4);
  assert.equal(world.budget.total, 4);
});

test('with a stagger one starts after the other, and the next one at once when one fails', () => {
  const world = known([A, B], { lines: [0, 1], race: { stagger_ms: 100 } });
  new Racing(world);
  world.after(99);
  assert.deepEqual(world.dialled, [`0 ${A}`]);
  world.after(1);
  assert.deepEqual(world.dialled, [`0 ${A}`, `1 ${A}`]);
  world.attempts[1].fails('refused');
  assert.deepEqual(world.dialled, [`0 ${A}`, `1 ${A}`, `0 ${B}`]);
  world.after(99);
  assert.equal(world.attempts.length, 3);
  world.after(1);
  assert.equal(world.dialled.at(-1), `1 ${B}`);
});

test('no more attempts than the budget allows are under way', () => {
  const world = known([A, B], { lines: [0, 1], race: { attempts_max: 2 } });
  new Racing(world);
  assert.equal(world.attempts.length, 2);
  world.attempts[0].fails('refused');
  assert.equal(world.attempts.length, 3);
  assert.equal(world.budget.total, 2);
});

test('a race for which a line has no room starts when another race gives it back', () => {
  const world = known([A], { race: { line_attempts_max: 1 } });
  const first = new Racing(world);
  const second = new Racing(world);
  assert.deepEqual([world.attempts.length, second.told], [1, []]);
  world.attempts[0].connects();
  assert.deepEqual([first.told, world.attempts.length], [['won'], 2]);
  world.attempts[1].connects();
  assert.deepEqual(second.told, ['won']);
});

test('a race that is cancelled waits for no room and no name', () => {
  const world = known([A], { race: { line_attempts_max: 1 } });
  new Racing(world);
  const second = new Racing(world);
  const third = new Racing(world, { ...SITE, host: 'other.test', asked: 'other.test' });
  assert.equal(world.budget.waiting.size, 1);
  second.race.cancel();
  third.race.cancel();
  assert.equal(world.budget.waiting.size, 0);
  world.answer('other.test', found(B));
  world.attempts[0].fails('refused');
  assert.deepEqual([world.attempts.length, world.budget.total, world.ticks.size], [1, 0, 0]);
  assert.deepEqual([second.told, third.told], [[], []]);
});

test('the candidate that is remembered goes first and alone, and the others follow when it is late', () => {
  const world = known([A, B], { lines: [0, 1] });
  world.remember(1, B);
  const { race, told } = new Racing(world);
  world.after(world.patience_ms - 1);
  assert.deepEqual(world.dialled, [`1 ${B}`]);
  assert.equal(race.lead, world.attempts[0]);
  world.after(1);
  assert.deepEqual(world.dialled, [`1 ${B}`, `0 ${A}`, `1 ${A}`, `0 ${B}`]);
  world.attempts[2].connects();
  race.cancel();
  assert.deepEqual(told, ['won']);
  assert.deepEqual(resultsOf(world.attempts), ['late', 'abandoned', 'connected', 'abandoned']);
  assert.equal(world.counters[Counter.firstContacts], 0);
  const memory = world.routes.get(destinationKey(SITE.asked, SITE.port, undefined), world.engine.now);
  assert.equal(memory?.find({ line: 1, ip: ip(B) })?.lates, 1);
});

test('each line is counted for its attempts, and how long they took to connect', () => {
  const world = known([A, B], { lines: [0, 1] });
  const { race } = new Racing(world);
  world.after(7);
  world.attempts[0].fails('refused');
  world.attempts[1].connects();
  race.cancel();
  const [first, second] = [0, 1].map((line) => LineCounts.sum([world.lineCounts], line));
  assert.deepEqual([first.attempts, first.connected, first.failures, first.connect.count], [2, 0, 1, 0]);
  assert.deepEqual([second.attempts, second.connected, second.failures, second.connect.sum_ms], [2, 1, 0, 7]);
});

test('the others follow a late one as soon as there are descriptors for them again', () => {
  const world = known([A, B], { lines: [0, 1] });
  world.remember(1, B);
  for (let held = 0; held < RACING_MAX; held += 1) world.budget.hold();
  new Racing(world);
  world.after(world.patience_ms + 1);
  assert.deepEqual(world.dialled, [`1 ${B}`], 'there are descriptors for one only');
  world.budget.letGo(RACING_MAX);
  world.after(500);
  assert.deepEqual(world.dialled, [`1 ${B}`, `0 ${A}`, `1 ${A}`, `0 ${B}`]);
  for (const attempt of world.attempts) attempt.fails('refused');
  assert.equal(world.ticks.size, 0);
});

test('the others follow at once when the remembered candidate fails, or cannot even start', () => {
  const world = known([A, B]);
  world.remember(0, B);
  new Racing(world);
  assert.deepEqual(world.dialled, [`0 ${B}`]);
  world.attempts[0].fails('refused');
  assert.deepEqual(world.dialled, [`0 ${B}`, `0 ${A}`]);

  const other = known([A, B]);
  other.remember(0, B);
  other.react = (attempt) => {
    if (other.attempts.length === 1) attempt.barred = 'out-of-resources';
  };
  const { told } = new Racing(other);
  assert.deepEqual([other.dialled, other.budget.total], [[`0 ${B}`, `0 ${A}`], 1]);
  other.attempts[1].connects();
  assert.deepEqual(told, ['won']);
});

test('a remembered address that is late, and no other known: its name is asked for anew beside it', () => {
  const world = known([A]);
  world.renews.add('site.test');
  world.remember(0, A);
  const { told } = new Racing(world);
  world.after(world.patience_ms - 1);
  assert.deepEqual(world.renewed, []);
  world.after(1);
  assert.deepEqual([world.dialled, world.renewed], [[`0 ${A}`], ['site.test']]);
  world.answer('site.test', found(A, B));
  assert.deepEqual(world.dialled, [`0 ${A}`, `0 ${B}`]);
  world.attempts[1].connects();
  assert.deepEqual(told, ['won']);
});

test('when all addresses have failed, their name is asked for anew before the race is lost, once', () => {
  const world = known([A]);
  world.renews.add('site.test');
  const racing = new Racing(world);
  world.attempts[0].fails('refused');
  assert.deepEqual([racing.told, world.renewed], [[], ['site.test']]);
  world.answer('site.test', found(B));
  assert.deepEqual(world.dialled, [`0 ${A}`, `0 ${B}`]);
  world.attempts[1].fails('timed-out');
  assert.deepEqual([racing.told, racing.failure?.code, world.renewed.length], [['lost'], 'refused', 1]);
});

test('what failed lately is dialled, and its name asked for anew at the same time', () => {
  const world = known([A]);
  world.renews.add('site.test');
  world.remember(0, A);
  new Racing(world);
  world.attempts[0].fails('refused');
  world.answer('site.test', lost('dns-failed'));
  const second = new Racing(world);
  assert.deepEqual([world.dialled, world.renewed.length], [[`0 ${A}`, `0 ${A}`], 2]);
  world.answer('site.test', found(B));
  world.attempts[2].connects();
  assert.deepEqual([world.dialled[2], second.told], [`0 ${B}`, ['won']]);
});

test('a first contact asks for nothing anew while it may connect, nor where nobody could be asked', () => {
  const world = known([A, B]);
  new Racing(world);
  world.attempts[0].fails('refused');
  world.after(5000);
  assert.deepEqual(world.renewed, []);
  const other = known([A]);
  other.react = (attempt) => {
    attempt.barred = 'out-of-resources';
  };
  const { told } = new Racing(other);
  assert.deepEqual([told, other.renewed], [['lost'], []]);
  const cut = known([A, B]);
  new Racing(cut);
  cut.attempts[0].fails('network-unreachable');
  cut.attempts[1].fails('network-unreachable');
  assert.deepEqual(cut.renewed, [], 'there is no way to any address');
});

test('the answer that a silent winner has its name asked for anew brings another one', () => {
  const world = known([A]);
  world.renews.add('site.test');
  world.remember(0, A);
  const { race, told } = new Racing(world);
  world.attempts[0].connects();
  assert.equal(race.another(), 'coming');
  world.answer('site.test', found(B));
  world.attempts[1].connects();
  assert.deepEqual(
    [told, world.dialled],
    [
      ['won', 'joined'],
      [`0 ${A}`, `0 ${B}`],
    ],
  );
  race.cancel();
});

/** A host of the site has been reached over a line. */
function neighbour(world: World, line: number): void {
  const { now } = world.engine;
  void world.routes.routesChanged([], [], ['site.test']);
  const key = destinationKey('other.site.test', SITE.port, undefined);
  world.routes.connected(key, world.routes.open(key, now), { line, ip: ip(B) }, 20, now);
}

test('a first contact begins with the line that works for a neighbour, and saves the others while that is in time', () => {
  const world = known([A], { lines: [0, PROXY] });
  neighbour(world, PROXY);
  const racing = new Racing(world);
  assert.deepEqual(world.dialled, [`${PROXY} 198.51.100.80`]);
  assert.equal(world.counters[Counter.firstContacts], 1);
  world.after(20);
  world.attempts[0].connects();
  assert.deepEqual([racing.told, world.attempts.length, racing.race.spares], [['won'], 1, 'hinted']);
  racing.race.cancel();
  assert.equal(world.ticks.size, 0);
});

test('the others start when it is later than with the neighbour, or has failed', () => {
  const world = known([A], { lines: [0, PROXY] });
  neighbour(world, 0);
  new Racing(world);
  world.after(world.patience_ms - 1);
  assert.deepEqual(world.dialled, [`0 ${A}`]);
  world.after(1);
  assert.deepEqual(world.dialled, [`0 ${A}`, `${PROXY} 198.51.100.80`]);
  const other = known([A], { lines: [0, PROXY] });
  neighbour(other, 0);
  new Racing(other);
  other.attempts[0].fails('refused');
  assert.deepEqual(other.dialled, [`0 ${A}`, `${PROXY} 198.51.100.80`]);
});

test('where a line has failed for a neighbour all start at once, the one that worked there first', () => {
  const world = known([A], { lines: [0, PROXY] });
  neighbour(world, PROXY);
  const key = destinationKey('other.site.test', SITE.port, undefined);
  const memory = world.routes.open(key, world.engine.now);
  world.routes.failed(key, memory, { line: 0, ip: ip(B) }, 'reset', world.engine.now);
  world.after(1);
  new Racing(world);
  assert.deepEqual(world.dialled, [`${PROXY} 198.51.100.80`, `0 ${A}`]);
});

test('a destination in the network of another one begins with its line, too', () => {
  const world = new World({ lines: [0, 1] });
  const key = destinationKey('elsewhere.test', SITE.port, undefined);
  const { now } = world.engine;
  world.routes.connected(key, world.routes.open(key, now), { line: 1, ip: ip(B) }, 20, now);
  new Racing(world, targetOfIp(ip(A), SITE.port));
  assert.deepEqual(world.dialled, [`1 ${A}`]);
});

test('a destination that is remembered takes no hint, nor one that has failed', () => {
  const world = known([A], { lines: [0, PROXY] });
  neighbour(world, PROXY);
  world.remember(0, A);
  new Racing(world);
  assert.deepEqual(world.dialled, [`0 ${A}`]);
  world.attempts[0].fails('reset');
  world.attempts[1].connects();
  world.after(120_000);
  const before = world.attempts.length;
  new Racing(world);
  assert.equal(world.dialled[before], `${PROXY} 198.51.100.80`);
});

test('a remembered candidate that must not be dialled now does not go first', () => {
  const world = known([A, B]);
  world.remember(0, B);
  world.barred.add(B);
  const { race } = new Racing(world);
  assert.deepEqual([world.dialled, race.lead], [[`0 ${A}`], undefined]);
});

test('addresses that come late join the race', () => {
  const world = new World();
  const { told } = new Racing(world);
  assert.deepEqual([world.dialled, told], [[], []]);
  world.answer('site.test', found(A), true);
  assert.deepEqual(world.dialled, [`0 ${A}`]);
  world.attempts[0].fails('refused');
  assert.deepEqual(told, [], 'not lost before the lookup is over');
  world.answer('site.test', found(A, B));
  assert.deepEqual(world.dialled, [`0 ${A}`, `0 ${B}`]);
  world.attempts[1].connects();
  assert.deepEqual(told, ['won']);
});

test('the first to connect wins, and nothing else is started or left afterwards', () => {
  const world = known([A, B], { lines: [0, 1], race: { stagger_ms: 100 } });
  const racing = new Racing(world);
  world.after(100);
  world.attempts[1].connects();
  assert.equal(racing.winner, world.attempts[1]);
  world.after(1000);
  assert.equal(world.attempts.length, 2);
  racing.race.cancel();
  racing.race.cancel();
  assert.deepEqual(resultsOf(world.attempts), ['abandoned', 'connected']);
  assert.deepEqual([racing.told, world.budget.total, world.ticks.size], [['won'], 0, 0]);
});

test('what connects after the winner is kept, and given when another one is wanted', () => {
  const world = known([A, B], { lines: [0, 1] });
  const { race, told } = new Racing(world);
  const [first, second, third, fourth] = world.attempts;
  first.connects();
  assert.equal(race.hasOthers, true);
  second.connects();
  assert.deepEqual(told, ['won']);
  assert.equal(race.another(), second);
  assert.equal(race.another(), 'coming');
  third.connects();
  assert.deepEqual(told, ['won', 'joined']);
  assert.equal(race.another(), third);
  assert.equal(race.another(), 'coming');
  fourth.fails('refused');
  assert.deepEqual(told, ['won', 'joined', 'exhausted']);
  assert.deepEqual([race.another(), race.hasOthers], ['none', false]);
  assert.equal(world.budget.held, 2, 'those who take them let go of them');
});

test('what is kept and not wanted is closed at the end', () => {
  const world = known([A, B]);
  const { race } = new Racing(world);
  for (const attempt of world.attempts) attempt.connects();
  race.cancel();
  assert.deepEqual(resultsOf(world.attempts), ['connected', 'abandoned']);
  assert.equal(world.budget.held, 0);
  assert.deepEqual([race.another(), race.hasOthers], ['none', false]);
});

test('when another one is wanted, those that have not started yet start', () => {
  const world = known([A, B]);
  world.remember(0, A);
  const { race, told } = new Racing(world);
  world.attempts[0].connects();
  world.after(1000);
  assert.deepEqual(world.dialled, [`0 ${A}`]);
  assert.equal(race.another(), 'coming');
  assert.deepEqual(world.dialled, [`0 ${A}`, `0 ${B}`]);
  world.attempts[1].connects();
  assert.deepEqual(told, ['won', 'joined']);
});

test('with one line and an address there is nothing else to choose', () => {
  const world = new World();
  const { race, told } = new Racing(world, targetOfIp(ip(A), 443));
  assert.deepEqual(world.dialled, [`0 ${A}`]);
  world.attempts[0].connects();
  assert.deepEqual([told, race.hasOthers, race.reached(world.attempts[0])], [['won'], false, undefined]);
});

test('a race that is lost ends with its most telling failure', () => {
  const world = known([A, B], { lines: [0, PROXY] });
  const racing = new Racing(world);
  assert.deepEqual(world.dialled, [`0 ${A}`, `${PROXY} 198.51.100.80`, `0 ${B}`]);
  world.attempts[1].fails('refused');
  world.attempts[0].fails('refused');
  assert.deepEqual(racing.told, []);
  world.attempts[2].fails('timed-out');
  assert.deepEqual(racing.told, ['lost']);
  assert.deepEqual([racing.failure?.code, racing.failure?.whose], ['refused', 'destination']);
  assert.deepEqual([world.lost, world.budget.total, world.ticks.size], [['refused'], 0, 0]);
});

test('a failure on the way to a proxy is the line’s', () => {
  const world = new World({ lines: [PROXY] });
  const racing = new Racing(world);
  world.attempts[0].fails('refused');
  assert.deepEqual([racing.failure?.code, racing.failure?.whose], ['proxy-unreachable', 'line']);
});

test('a name that has no address loses the race with that, and so does an address that is not allowed', () => {
  const world = new World();
  const racing = new Racing(world);
  world.answer('site.test', lost('no-such-name'));
  assert.deepEqual([racing.told, racing.failure?.code], [['lost'], 'no-such-name']);
  const other = known([A]);
  other.barred.add(A);
  const { told, failure } = new Racing(other);
  assert.deepEqual([told, failure?.code, other.attempts.length], [['lost'], 'not-allowed', 0]);
});

test('a line that answers early wins only when nothing else can', () => {
  const world = known([A], { lines: [0, PROXY] });
  world.health.setEarly(PROXY, true, world.engine.now);
  const racing = new Racing(world);
  const [direct, proxy] = world.attempts;
  proxy.connects();
  assert.deepEqual([racing.told, world.budget.held], [[], 1]);
  direct.fails('refused');
  assert.deepEqual([racing.winner, world.budget.held], [proxy, 0]);
});

test('a line that answers early is used when the others take too long', () => {
  const world = known([A], { lines: [0, PROXY] });
  world.health.setEarly(PROXY, true, world.engine.now);
  const racing = new Racing(world);
  world.attempts[1].connects();
  world.after(world.options.race.first_byte_ms - 1);
  assert.deepEqual(racing.told, []);
  world.after(1);
  assert.equal(racing.winner, world.attempts[1]);
  assert.equal(racing.race.another(), 'coming');
});

test('attempts of a line that may lead back here wait for each other', () => {
  const world = new World({ lines: [PROXY] });
  const racings = Array.from({ length: 100 }, () => new Racing(world));
  const started = world.attempts.length;
  assert.ok(started < 100, `${started}`);
  assert.deepEqual(new Set(world.crowded), new Set(['proxy']));
  world.attempts[started - 1].fails('timed-out');
  assert.ok(world.attempts.length > started);
  for (const { race } of racings) race.cancel();
  world.after(2000);
  assert.deepEqual([world.budget.total, world.deadlines.size, world.ticks.size], [0, 0, 0]);
});
