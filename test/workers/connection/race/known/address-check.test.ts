// What is remembered is compared with what its names have: how often they are asked, and what an answer changes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIp, parseIp } from '../../../../../src/protocol/address/address.js';
import { type Target, targetOfIp, targetOfName } from '../../../../../src/protocol/address/target.js';
import type { Candidate } from '../../../../../src/protocol/lines/candidate.js';
import { type LineEvent, LineHealth } from '../../../../../src/protocol/lines/health/health.js';
import { lineOf } from '../../../../../src/protocol/lines/line.js';
import { failureOf } from '../../../../../src/protocol/race/failure.js';
import type { Move } from '../../../../../src/protocol/routes/candidate-memory.js';
import { DestinationMemory } from '../../../../../src/protocol/routes/destination-memory.js';
import { checkAddresses } from '../../../../../src/workers/connection/race/known/address-check.js';
import { dialLines } from '../../../../../src/workers/connection/shared/dialling/dial-lines.js';
import type { NameOutcome, Proof } from '../../../../../src/workers/connection/shared/replicas/name-outcome.js';
import { lineView } from '../../../../helpers/candidates.js';

const ip = (text: string): Uint8Array => parseIp(text) as Uint8Array;
const [OLD, NEW, NEW_V6] = [ip('192.0.2.1'), ip('192.0.2.2'), ip('2001:db8::2')];
const SITE = targetOfName('site.test', 443) as Target;
const source = { ip: undefined, port: 0 };
const hop = (host: string) => ({ kind: 'socks5' as const, host, port: 1080, username: undefined, password: undefined });
const DIRECT = 0;
const BY_NAME = 1;
const LINES = dialLines([
  lineOf(0, 'direct', source, []),
  lineOf(1, 'by name', source, [hop('proxy.test')]),
  lineOf(2, 'by address', source, [hop('198.51.100.80')]),
]);

const found = (ips: readonly Uint8Array[], proof: Proof = 'all'): NameOutcome => ({ kind: 'found', ips, proof });
const gone = (proof: Proof): NameOutcome => ({ kind: 'failed', failure: failureOf('no-such-name'), proof });

/** Names as the test says, each known for a minute once it has been answered. */
class World {
  readonly asked: string[] = [];
  readonly engine = { now: 0 };
  /** How long the thread was away: answers age meanwhile, and the engine's clock stands still. */
  away_ms = 0;
  readonly lines = LINES;
  readonly names = {
    changes: 0,
    lookup: (name: string, now: number, waiter: Waiter): NameOutcome | undefined => {
      const known = this.#known.get(name);
      if (known !== undefined && known.until > now + this.away_ms) return known.outcome;
      this.asked.push(name);
      this.#waiting.push([name, waiter]);
      return undefined;
    },
    follow: (name: string, waiter: Waiter): boolean =>
      this.#waiting.some(([one, who]) => one === name && who === waiter),
    holdsFor: (name: string): number => (this.#known.get(name)?.until ?? 0) - this.engine.now - this.away_ms,
  };
  readonly health = new LineHealth(LINES.length);
  readonly memory = new DestinationMemory();
  /** What was reported: an address, and that to which its name has moved. */
  readonly told: string[] = [];
  readonly lineEvents: LineEvent[] = [];
  readonly routes = {
    moved: (_key: string, { ip }: Candidate, move: Move | undefined): void => {
      const to = move === undefined ? 'back' : `to ${move.to === undefined ? 'nothing' : formatIp(move.to)}`;
      this.told.push(`${formatIp(ip)} ${to}`);
    },
    tell: (event: LineEvent): void => void this.lineEvents.push(event),
  };
  readonly #known = new Map<string, { readonly outcome: NameOutcome; readonly until: number }>();
  #waiting: [string, Waiter][] = [];

  constructor(...lines: readonly number[]) {
    for (const line of lines) this.memory.connected({ line, ip: OLD }, 20, 0, lineView());
  }

  answer(name: string, outcome: NameOutcome, more = false, holds_ms = 60_000): void {
    this.#known.set(name, { outcome, until: this.engine.now + this.away_ms + holds_ms });
    const told = this.#waiting.filter(([one]) => one === name);
    if (!more) this.#waiting = this.#waiting.filter(([one]) => one !== name);
    for (const [, waiter] of told) waiter(outcome, more);
  }

  /** As a connection does, at its time. */
  visit(now: number, target = SITE): boolean[] {
    this.engine.now = now;
    if (now >= this.memory.checkAt) checkAddresses(this, 'site.test:443', this.memory, target);
    return this.memory.candidates.filter((one) => one.inherited === undefined).map(({ gone }) => gone);
  }
}

type Waiter = (outcome: NameOutcome, more: boolean) => void;

test('an address is held until a fresh answer no longer has it', () => {
  const world = new World(DIRECT);
  assert.deepEqual(world.visit(0), [false], 'nobody waits for the answer');
  world.answer('site.test', found([NEW], 'none'), true);
  assert.deepEqual(world.visit(1), [false], 'a stale answer proves nothing');
  world.answer('site.test', found([NEW]));
  assert.deepEqual(world.visit(2), [true]);
  world.visit(60_002);
  world.answer('site.test', found([OLD, NEW]));
  assert.deepEqual(world.visit(60_003), [false]);
});

test('after the thread was away an answer is compared when it has expired, not later by that time', () => {
  const world = new World(DIRECT);
  world.away_ms = 40_000;
  world.visit(0);
  world.answer('site.test', found([OLD]), false, 5_000);
  world.visit(5_001);
  assert.deepEqual(world.asked, ['site.test', 'site.test'], 'asked again once the answer no longer holds');
  world.answer('site.test', found([NEW]));
  assert.deepEqual(world.visit(6_002), [true]);
});

test('where a family is never answered, the other one is followed all the same', () => {
  const world = new World(DIRECT);
  world.visit(0);
  world.answer('site.test', found([NEW_V6], 'by-family'));
  assert.deepEqual(world.visit(1), [false], 'its own family has not been heard of');
  world.visit(60_001);
  world.answer('site.test', found([NEW], 'by-family'));
  assert.deepEqual(world.visit(60_002), [true]);
});

test('a name that no longer exists takes its addresses along, one that cannot be asked does not', () => {
  const world = new World(DIRECT);
  world.visit(0);
  world.answer('site.test', { kind: 'failed', failure: failureOf('dns-failed'), proof: 'none' });
  assert.deepEqual(world.visit(1), [false]);
  const other = new World(DIRECT);
  other.visit(0);
  other.answer('site.test', gone('by-family'));
  assert.deepEqual(other.visit(1), [false]);
  other.visit(60_001);
  other.answer('site.test', gone('all'));
  assert.deepEqual(other.visit(60_002), [true]);
});

test('a name is asked once while its answer holds, however many connections there are', () => {
  const world = new World(DIRECT);
  world.visit(0);
  world.answer('site.test', found([OLD]));
  for (let now = 1; now < 60_000; now += 10) world.visit(now);
  assert.deepEqual(world.asked, ['site.test']);
  world.visit(60_000);
  for (let now = 60_000; now < 60_900; now += 10) world.visit(now);
  assert.deepEqual(world.asked, ['site.test', 'site.test']);
});

test("a proxy's address goes by the proxy's name, and one that is given as an address by none", () => {
  const world = new World(DIRECT, BY_NAME, 2);
  world.visit(0);
  assert.deepEqual(world.asked, ['site.test', 'proxy.test']);
  world.answer('proxy.test', found([NEW]));
  world.answer('site.test', found([OLD]));
  assert.deepEqual(world.visit(1), [false, true, false]);
  const address = new World(2);
  for (let now = 0; now < 300_000; now += 1000) address.visit(now, targetOfIp(OLD, 443));
  assert.deepEqual(address.asked, []);
});

test('that the best address was left, or is back, is news for the others, once', () => {
  const world = new World(DIRECT, BY_NAME);
  world.memory.choose(0, 600_000, lineView(), false);
  world.visit(0);
  world.answer('proxy.test', found([NEW]));
  world.answer('site.test', found([NEW]));
  assert.deepEqual(world.told, ['192.0.2.1 to 192.0.2.2']);
  world.visit(60_000);
  world.answer('site.test', found([NEW]));
  world.visit(120_000);
  world.answer('site.test', gone('all'));
  world.visit(180_000);
  world.answer('site.test', found([OLD, NEW]));
  assert.deepEqual(world.told, ['192.0.2.1 to 192.0.2.2', '192.0.2.1 back']);
});

test('the new address stands in for the one that was best, on its line', () => {
  const world = new World(DIRECT, BY_NAME);
  const choose = (now: number): string | undefined => {
    const best = world.memory.choose(now, 600_000, lineView(), false);
    return best && `${best.line} ${formatIp(best.ip)}`;
  };
  assert.equal(choose(0), '0 192.0.2.1');
  world.visit(0);
  world.answer('proxy.test', found([OLD]));
  world.answer('site.test', found([NEW_V6, NEW]));
  assert.equal(choose(1), '0 192.0.2.2', 'of its family');
});

test('a proxy that has moved away from where it failed begins anew, for all actors', () => {
  const world = new World(BY_NAME);
  for (let times = 0; times < 3; times += 1) world.health.proxyFailed(BY_NAME, 0, '192.0.2.1:1080');
  assert.equal(world.health.mayUse(BY_NAME, 0), false);
  world.visit(0);
  world.answer('proxy.test', found([OLD, NEW]));
  assert.equal(world.health.mayUse(BY_NAME, 0), false);
  world.visit(60_000);
  world.answer('proxy.test', found([NEW], 'none'));
  assert.deepEqual([world.health.isDown(BY_NAME), world.lineEvents], [true, []]);
  world.visit(120_000);
  world.answer('proxy.test', found([NEW]));
  assert.equal(world.health.isDown(BY_NAME), false);
  assert.deepEqual(world.lineEvents, [{ kind: 'proxy-moved', line: BY_NAME, to: ['192.0.2.2:1080'] }]);
});
