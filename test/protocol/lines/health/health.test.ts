import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineHealth } from '../../../../src/protocol/lines/health/health.js';
import { ProxyPlaces } from '../../../../src/protocol/lines/health/proxy-places.js';

/** One line, which `failures` attempts at the same time could not reach at 0. */
function after(failures: number): LineHealth {
  const health = new LineHealth(2);
  for (let i = 0; i < failures; i += 1) health.proxyFailed(0, 0);
  return health;
}

/** A trial that fails at once. */
function trial(health: LineHealth, now: number): void {
  health.begins(0, now);
  health.proxyFailed(0, now);
}

/** The first whole ms from `now` on in which the line may be used. */
function usableFrom(health: LineHealth, now: number): number {
  let at = now;
  while (!health.mayUse(0, at)) at += 1;
  return at;
}

test('a line is left out after three failures in a row, and only that line', () => {
  assert.equal(after(2).mayUse(0, 0), true);
  const health = after(3);
  assert.deepEqual([health.mayUse(0, 0), health.mayUse(0, 999), health.mayUse(0, 1000)], [false, false, true]);
  assert.equal(health.mayUse(1, 0), true);
});

test('a success between failures begins the count anew, and says whether it is news', () => {
  const health = after(2);
  assert.equal(health.proxyReached(0), true);
  assert.equal(health.proxyReached(0), false);
  for (let i = 0; i < 2; i += 1) health.proxyFailed(0, 1);
  assert.equal(health.mayUse(0, 1), true);
});

test('each trial that fails leaves it out twice as long, at most a minute', () => {
  const health = after(3);
  const out: number[] = [];
  let now = 0;
  for (let i = 0; i < 9; i += 1) {
    const next = usableFrom(health, now);
    out.push(next - now);
    now = next;
    trial(health, now);
  }
  assert.deepEqual(out, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

test('attempts that began before it was left out do not make it longer', () => {
  const health = after(100);
  for (let i = 0; i < 100; i += 1) health.proxyFailed(0, 500);
  assert.equal(usableFrom(health, 500), 1000);
});

test('one trial is made at a time, and one of which nobody tells is forgotten', () => {
  const health = after(3);
  assert.equal(health.mayUse(0, 1000), true);
  health.begins(0, 1000);
  assert.deepEqual([health.mayUse(0, 1000), health.mayUse(0, 15_999), health.mayUse(0, 16_000)], [false, false, true]);
});

test('an attempt on a line that is left out, as there was no other, is no trial', () => {
  const health = after(3);
  health.begins(0, 500);
  assert.equal(health.mayUse(0, 1000), true);
});

test('a trial that succeeds closes the circuit, and the next time begins with the shortest', () => {
  const health = after(3);
  trial(health, 1000);
  trial(health, 3000);
  assert.equal(health.proxyReached(0), true);
  assert.equal(health.mayUse(0, 3000), true);
  for (let i = 0; i < 3; i += 1) health.proxyFailed(0, 4000);
  assert.equal(usableFrom(health, 4000), 5000);
});

test('what other actors tell counts like what is seen here', () => {
  const health = new LineHealth(1);
  for (let i = 0; i < 3; i += 1) health.apply({ kind: 'proxy-failed', line: 0 }, 0);
  assert.equal(health.mayUse(0, 0), false);
  health.apply({ kind: 'proxy-reached', line: 0 }, 1);
  assert.equal(health.mayUse(0, 1), true);
  health.apply({ kind: 'early', line: 0, early: true }, 2);
  assert.equal(health.answersEarly(0, 3), true);
  health.apply({ kind: 'early', line: 0, early: false }, 4);
  assert.equal(health.answersEarly(0, 4), false);
});

test('a line that is silent three times without an answer between, where others answer, counts as early for two hours', () => {
  const health = new LineHealth(2);
  assert.deepEqual([health.silent(0, 0), health.silent(0, 1)], [false, false]);
  health.answered(0);
  assert.deepEqual([health.silent(0, 2), health.silent(0, 3), health.answersEarly(0, 3)], [false, false, false]);
  assert.equal(health.silent(0, 1000), true);
  assert.deepEqual([health.answersEarly(0, 1000), health.answersEarly(1, 1000)], [true, false]);
  assert.deepEqual([health.answersEarly(0, 7_200_999), health.answersEarly(0, 7_201_000)], [true, false]);
});

test('seen again it lasts longer, without being news', () => {
  const health = new LineHealth(1);
  const seen = (now: number): boolean[] => [0, 1, 2].map(() => health.silent(0, now));
  assert.deepEqual(seen(0), [false, false, true]);
  assert.deepEqual(seen(3_000_000), [false, false, false]);
  assert.equal(health.answersEarly(0, 10_199_999), true);
  assert.deepEqual(seen(10_200_000), [false, false, true]);
});

test('what a probe finds out stands for two hours', () => {
  const health = new LineHealth(1);
  health.setEarly(0, true, 0);
  assert.deepEqual([health.answersEarly(0, 7_199_999), health.answersEarly(0, 7_200_000)], [true, false]);
  health.setEarly(0, true, 0);
  health.setEarly(0, false, 1);
  assert.equal(health.answersEarly(0, 1), false);
});

test('whatever happens: reached is usable, and no line is left out for longer than a minute or a trial', () => {
  const step = fc.tuple(fc.constantFrom('fails', 'reached', 'begins'), fc.nat(30_000));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const health = new LineHealth(1);
      let now = 0;
      for (const [what, passed] of steps) {
        now += passed;
        if (what === 'fails') health.proxyFailed(0, now);
        else if (what === 'begins') health.begins(0, now);
        else {
          health.proxyReached(0);
          assert.ok(health.mayUse(0, now));
        }
        assert.ok(health.mayUse(0, now + 60_000));
      }
    }),
  );
});

test('a line whose link is down is out at once, and comes back with a closed circuit', () => {
  const health = after(3);
  assert.deepEqual([health.isLinkDown(0), health.outage(0)], [false, undefined]);
  health.apply({ kind: 'link', line: 0, up: false }, 100);
  health.apply({ kind: 'link', line: 0, up: false }, 200);
  assert.deepEqual([health.mayUse(0, 99_999), health.isDown(0), health.isLinkDown(0)], [false, true, true]);
  assert.equal(health.mayUse(1, 100), true);
  health.apply({ kind: 'link', line: 0, up: true }, 300);
  assert.deepEqual([health.mayUse(0, 300), health.isDown(0), health.isLinkDown(0)], [true, false, false]);
  assert.deepEqual(health.outage(0), { from: 100, to: 300 });
});

test('a link that was up and has changed closes the circuit, too', () => {
  const health = after(3);
  health.apply({ kind: 'link', line: 0, up: true }, 500);
  assert.deepEqual([health.mayUse(0, 500), health.outage(0)], [true, { from: 500, to: 500 }]);
});

const [OLD, NEW, V6] = ['192.0.2.1:1080', '192.0.2.2:1080', '[2001:db8::1]:1080'];

test('a proxy whose name has left all addresses where it failed has a closed circuit, and what fails there counts no longer', () => {
  const health = new LineHealth(1);
  for (let times = 0; times < 3; times += 1) assert.equal(health.proxyFailed(0, 0, OLD), true);
  assert.deepEqual([health.isDown(0), health.mayHaveMoved(0)], [true, true]);
  assert.equal(health.proxyIsAt(0, [OLD, NEW], true), false);
  assert.equal(health.proxyIsAt(0, [V6], false), false, 'nothing is known of its family');
  assert.equal(health.proxyIsAt(0, [NEW], true), true);
  assert.deepEqual([health.isDown(0), health.mayUse(0, 0), health.proxyIsAt(0, [NEW], true)], [false, true, false]);
  for (let times = 0; times < 9; times += 1) assert.equal(health.proxyFailed(0, 1, OLD), false);
  assert.equal(health.isDown(0), false);
  // Three failures of the new one open it.
  for (let times = 0; times < 3; times += 1) health.proxyFailed(0, 2, NEW);
  assert.equal(health.isDown(0), true);
  // That the old one is back makes it count.
  assert.equal(health.proxyIsAt(0, [OLD, NEW], true), false);
  assert.equal(health.proxyFailed(0, 3, OLD), true);
});

test('that a proxy was reached after it had moved is news, since others know the line as down', () => {
  const health = new LineHealth(1);
  assert.equal(health.proxyReached(0), false);
  for (let times = 0; times < 3; times += 1)
    health.apply({ kind: 'proxy-failed', line: 0, why: { cause: 'refused', detail: undefined, address: OLD } }, 0);
  health.apply({ kind: 'proxy-moved', line: 0, to: [NEW] }, 1);
  assert.equal(health.isDown(0), false);
  assert.deepEqual([health.proxyReached(0), health.proxyReached(0)], [true, false]);
});

test('no more addresses of a proxy are kept than a bound', () => {
  const places = new ProxyPlaces();
  for (let last = 0; last < 20; last += 1) places.failed(`192.0.2.${last}:1080`);
  assert.equal(places.are([NEW], true), true);
  const counts = Array.from({ length: 20 }, (_, last) => places.failed(`192.0.2.${last}:1080`));
  assert.deepEqual(counts.filter((one) => !one).length, 8);
});
