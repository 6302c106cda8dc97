// Races under a sticky rule: for whom a line is kept, until when, and that a site stays on one line. Time is the test's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../../src/protocol/address/address.js';
import { type Target, targetOfName } from '../../../../src/protocol/address/target.js';
import type { Sticky } from '../../../../src/protocol/rules/sticky.js';
import type { Client } from '../../../../src/protocol/users/client.js';
import { Race, type RaceOutcome } from '../../../../src/workers/connection/race/race.js';
import type { FakeAttempt } from './fake-attempt.js';
import { A, B, type Changes, found, lost, RaceWorld } from './race-world.js';

const WWW = targetOfName('www.site.test', 443) as Target;
const API = targetOfName('api.site.test', 8443) as Target;
const OTHER = targetOfName('other.test', 443) as Target;
/** How much longer than others a kept line may take. */
const PATIENCE_MS = 1000;

/** A client as `address`, `address name` or `address name+tag`. */
function client(text: string): Client {
  const [address, who] = text.split(' ');
  const [name, tag] = who?.split('+') ?? [];
  return { ip: parseIp(address as string), user: name === undefined ? undefined : { name, tag }, listener: 0 };
}

class World extends RaceWorld<{ now: number }> {
  readonly sticky: Sticky;
  race: Race | undefined;
  hasWon = false;
  readonly #outcome: RaceOutcome = {
    depth: 0,
    won: () => {
      this.hasWon = true;
    },
    lost: () => {},
    joined: () => {},
    exhausted: () => {},
    clientName: () => 'client',
    clientIp: () => undefined,
  };

  constructor(sticky: Sticky, changes: Changes = {}) {
    super({ now: 100_000 }, { lines: [0, 1], ...changes });
    this.sticky = sticky;
    for (const { host } of [WWW, OTHER]) this.known.set(host, found(A));
    this.known.set(API.host, found(B));
  }

  /** Starts a race, and gives the attempts with which it begins: `line address`. */
  begin(who: string, target: Target = WWW): string[] {
    this.hasWon = false;
    this.attempts.length = 0;
    this.race = new Race(this, target, { lines: undefined, sticky: this.sticky }, client(who), this.#outcome);
    this.race.start();
    return this.dialled;
  }

  /** The attempt on a line that is under way. */
  on(line: number): FakeAttempt {
    const found = this.attempts.find(({ candidate, result }) => candidate.line === line && result === undefined);
    return found ?? assert.fail(`nothing is under way on line ${line}`);
  }

  /** A race whose attempt on that line connects after `ms`, before any other. */
  reach(who: string, line: number, target: Target = WWW, ms = 20): string[] {
    const begun = this.begin(who, target);
    this.after(ms);
    this.on(line).connects();
    this.race?.cancel();
    assert.ok(this.hasWon);
    return begun;
  }

  after(ms: number): void {
    this.engine.now += ms;
    this.ticks.expire(this.engine.now);
    this.deadlines.expire(this.engine.now);
  }
}

const ALL = [`0 ${A}`, `1 ${A}`];

test('each asker has a line of its own: a client, a user, or a user with a tag', () => {
  const cases: [Sticky, string, string, string][] = [
    // One, the same asker in another way, and another one.
    ['client', '10.0.0.1 alice', '10.0.0.1 bob+x', '10.0.0.2 alice'],
    ['user', '10.0.0.1 alice', '10.0.0.2 alice+x', '10.0.0.1 bob'],
    ['tag', '10.0.0.1 alice+x', '10.0.0.2 alice+x', '10.0.0.1 alice+y'],
    ['site', '10.0.0.1 alice', '10.0.0.2 alice', '10.0.0.1 bob'],
    // A client without the name or the tag is known by its address.
    ['user', '10.0.0.1', '10.0.0.1', '10.0.0.2'],
    ['tag', '10.0.0.1 alice', '10.0.0.1', '10.0.0.2 alice'],
  ];
  for (const [sticky, one, same, other] of cases) {
    const world = new World(sticky);
    assert.deepEqual(world.reach(one, 1), ALL, sticky);
    assert.deepEqual(world.reach(same, 1), [`1 ${A}`], sticky);
    if (sticky !== 'site') assert.deepEqual(world.reach(other, 0), ALL, sticky);
    else {
      // What is remembered of the host itself is for all.
      assert.deepEqual(world.begin(other), [`1 ${A}`]);
      world.on(1).fails('refused');
      world.on(0).connects();
      world.race?.cancel();
    }
    assert.deepEqual([world.begin(one), world.begin(other)], [[`1 ${A}`], [`0 ${A}`]], sticky);
  }
});

test('a tagged session stays on the line that worked, however fast another is, and moves when that fails', () => {
  const world = new World('tag');
  world.reach('10.0.0.1 alice+x', 1, WWW, 400);
  for (let visit = 0; visit < 5; visit += 1) {
    assert.deepEqual(world.reach('10.0.0.1 alice+x', 1, WWW, 400), [`1 ${A}`]);
    world.after(5000);
  }
  assert.deepEqual(world.begin('10.0.0.1 alice+x'), [`1 ${A}`]);
  world.on(1).fails('refused');
  assert.deepEqual(world.dialled, [`1 ${A}`, `0 ${A}`]);
  world.on(0).connects();
  assert.ok(world.hasWon);
  world.race?.cancel();
  // And stays there when the first one works again, also long after its failure has ceased to count.
  world.after(400_000);
  assert.deepEqual(world.reach('10.0.0.1 alice+x', 0), [`0 ${A}`]);
});

test('a kept line is not left for being a little late, and other lines wait for its other addresses', () => {
  const world = new World('user');
  world.known.set(WWW.host, found(A, B));
  world.reach('10.0.0.1 alice', 1);
  assert.deepEqual(world.begin('10.0.0.1 alice'), [`1 ${A}`]);
  world.after(20 + 4 * 10 + world.options.race.margin_ms + PATIENCE_MS - 1);
  assert.deepEqual(world.dialled, [`1 ${A}`]);
  world.after(1);
  assert.deepEqual(world.dialled, [`1 ${A}`, `1 ${B}`]);
  world.on(1).fails('timed-out');
  world.on(1).fails('timed-out');
  assert.deepEqual(world.dialled, [`1 ${A}`, `1 ${B}`, `0 ${A}`]);
});

test('an address is kept also where the name has another one by now, until it fails, and its line longer', () => {
  const world = new World('user');
  world.reach('10.0.0.1 alice', 1);
  world.after(120_000);
  world.known.set(WWW.host, found(B));
  for (let visit = 0; visit < 2; visit += 1) assert.deepEqual(world.reach('10.0.0.1 alice', 1), [`1 ${A}`]);
  assert.deepEqual(world.begin('10.0.0.1 alice'), [`1 ${A}`]);
  world.on(1).fails('refused');
  assert.deepEqual(world.dialled, [`1 ${A}`, `1 ${B}`]);
  world.on(1).connects();
  world.race?.cancel();
  assert.deepEqual(world.reach('10.0.0.1 alice', 1), [`1 ${B}`]);
});

test('a name that has no address any more is not dialled, also where it is kept', () => {
  const world = new World('user');
  world.reach('10.0.0.1 alice', 1);
  world.after(120_000);
  world.known.set(WWW.host, { ...lost('no-such-name'), proof: 'all' });
  assert.deepEqual(world.begin('10.0.0.1 alice'), []);
});

test('cache.refresh_s does not take a kept line away', () => {
  const world = new World('user', { cache: { refresh_s: 1 } });
  world.reach('10.0.0.1 alice', 1);
  world.after(5000);
  assert.deepEqual(world.begin('10.0.0.1 alice'), [`1 ${A}`]);
});

test('a site is on one line for a user: all its hosts and ports, and no other site', () => {
  const world = new World('site');
  world.reach('10.0.0.1 alice', 1, WWW);
  assert.deepEqual(world.reach('10.0.0.1 alice', 1, API), [`1 ${B}`], 'a host that nobody has been to');
  assert.deepEqual(world.reach('10.0.0.1 alice', 1, WWW), [`1 ${A}`]);
  assert.deepEqual(world.reach('10.0.0.1 alice', 0, OTHER), ALL);
  assert.deepEqual(world.begin('10.0.0.1 alice', API), [`1 ${B}`]);
});

test('a site moves as a whole when its line fails for one of its hosts, where another line works', () => {
  const world = new World('site');
  world.reach('10.0.0.1 alice', 1, WWW);
  world.reach('10.0.0.1 alice', 1, API);
  world.begin('10.0.0.1 alice', API);
  world.on(1).fails('reset');
  world.on(0).connects();
  world.race?.cancel();
  assert.deepEqual(world.reach('10.0.0.1 alice', 0, WWW), [`0 ${A}`]);
  world.after(400_000);
  assert.deepEqual(world.reach('10.0.0.1 alice', 0, API), [`0 ${B}`]);
});

test('a host of a site that no line reaches moves nothing', () => {
  const world = new World('site');
  world.reach('10.0.0.1 alice', 1, WWW);
  for (let visit = 0; visit < 3; visit += 1) {
    assert.deepEqual(world.begin('10.0.0.1 alice', API), [`1 ${B}`]);
    world.on(1).fails('refused');
    world.on(0).fails('refused');
    assert.equal(world.lost.length, visit + 1);
    assert.deepEqual(world.reach('10.0.0.1 alice', 1, WWW), [`1 ${A}`]);
  }
});

test('a site moves when its line does not answer and another one does, in either order', () => {
  for (const order of ['before', 'after'] as const) {
    const world = new World('site');
    world.reach('10.0.0.1 alice', 1, WWW);
    world.begin('10.0.0.1 alice', WWW);
    const { race } = world;
    assert.ok(race !== undefined);
    const kept = world.on(1);
    kept.connects();
    const silent = race.reached(kept);
    assert.equal(race.another(), 'coming');
    const other = world.on(0);
    other.connects();
    world.after(50);
    if (order === 'before') silent?.failed('silent');
    race.reached(other)?.answered('tls', 50);
    if (order === 'after') silent?.late();
    race.cancel();
    assert.deepEqual(world.begin('10.0.0.1 alice', API), [`0 ${B}`], order);
  }
});

test('a site stays where its line has answered late, but first', () => {
  const world = new World('site');
  world.reach('10.0.0.1 alice', 1, WWW);
  world.begin('10.0.0.1 alice', WWW);
  const kept = world.on(1);
  kept.connects();
  assert.equal(world.race?.another(), 'coming');
  world.on(0).connects();
  world.race?.reached(kept)?.answered('tls', 50);
  world.race?.cancel();
  assert.deepEqual(world.begin('10.0.0.1 alice', API), [`1 ${B}`]);
});

test('askers and sites are counted in cache.entries_max: the one that was used longest ago is forgotten', () => {
  const world = new World('tag', { cache: { entries_max: 2 } });
  for (const tag of ['x', 'y', 'z']) world.reach(`10.0.0.1 alice+${tag}`, 1);
  assert.deepEqual(world.begin('10.0.0.1 alice+x'), ALL);
  assert.deepEqual(world.begin('10.0.0.1 alice+z'), [`1 ${A}`]);
});
