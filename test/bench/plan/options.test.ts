import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from '../../../bench/plan/options.js';
import { comparisonsOf, makePlan } from '../../../bench/plan/plan.js';
import type { Outcome } from '../../../bench/shared/messages.js';

test('a quick run has less of everything, unless it is told how much', () => {
  const { routes, calm_s, rounds } = parseOptions(['--quick']);
  assert.deepEqual({ routes, calm_s, rounds }, { routes: 10_000, calm_s: 3, rounds: 1 });
  assert.equal(parseOptions(['--quick', '--routes', '7']).routes, 7);
  assert.equal(parseOptions([]).routes, 100_000);
});

test('a number that is none, or out of its range, is named with its flag', () => {
  assert.throws(() => parseOptions(['--calm', '0']), { message: '--calm 0: a whole number from 1 is needed' });
  assert.throws(() => parseOptions(['--calm', '1.5']), /--calm 1\.5/);
  assert.throws(() => parseOptions(['--routes', '1e9']), {
    message: '--routes 1e9: a whole number from 1 to 300000 is needed',
  });
});

test('comparisons and the base section are chosen like loads', () => {
  const wanted = (...argv: string[]) => {
    const { loads, comparisons, base } = makePlan(parseOptions([...argv, '--subjects', 'tcproute']));
    return [...[...loads, ...comparisons].map(({ name }) => name), ...(base === undefined ? [] : ['base'])];
  };
  assert.deepEqual(wanted('--loads', 'connect'), ['connect-ip', 'connect-name', 'connect-line']);
  assert.deepEqual(wanted('--loads', 'growth,base'), ['growth-idle', 'growth-routes', 'base']);
  assert.deepEqual(wanted('--loads', 'closed,open-half'), ['closed-1', 'closed-4', 'closed-16', 'open-half']);
  const access = ['access-users', 'access-http', 'access-guarded', 'access-slow'];
  assert.deepEqual(wanted('--loads', 'access'), access);
  assert.equal(wanted().length, 22);
  assert.throws(() => wanted('--loads', 'growht'), /--loads growht: there are .*growth-routes, base/);
});

test('with results that are there already, only what is made of them can be said', () => {
  const { from, report, markdown } = parseOptions(['--from', 'a.json', '--report', 'a.html', '--markdown']);
  assert.deepEqual([from, report, markdown], ['a.json', 'a.html', true]);
  for (const more of [['--quick'], ['--rounds', '3'], ['--json', 'b.json'], ['--loads', 'idle']]) {
    assert.throws(() => parseOptions(['--from', 'a.json', ...more]), /^Error: --\w+: not with --from/);
  }
});

test('no file is written over another', () => {
  assert.throws(() => parseOptions(['--from', 'a', '--report', './a']), /different files/);
  assert.throws(() => parseOptions(['--json', 'b/../a', '--report', 'a']), /different files/);
});

test('a file needs a name', () => {
  for (const flag of ['--from', '--report', '--json']) {
    assert.throws(() => parseOptions([flag, '']), new RegExp(`^Error: ${flag}: the name of a file is needed$`));
  }
});

test('a lengthened run lasts longer, and warms up longer', () => {
  const times = (argv: string[]) => {
    const [load] = makePlan(parseOptions(['--loads', 'connect-ip', ...argv])).loads;
    return [load?.duration_ms, load?.warmUp_ms];
  };
  const [duration_ms = 0, warmUp_ms = 0] = times([]);
  assert.ok(duration_ms > 0 && warmUp_ms > 0);
  assert.deepEqual(times(['--lengthen', '4']), [duration_ms * 4, warmUp_ms * 4]);
  assert.throws(() => parseOptions(['--lengthen', '0']), /--lengthen 0/);
});

test('an open loop is warmed up by a closed one, whose rate is what half of it is taken of', () => {
  const { loads } = makePlan(parseOptions(['--loads', 'open', '--concurrency', '8']));
  const way = { entry: 1, ask: undefined };
  const warmUp = { verified: 3000, elapsed_ms: 500 } as Outcome;
  assert.deepEqual(
    loads.map((load) => [load.name, load.order(way, 100, warmUp)]),
    [200, 1000, 3000, 3000].map((rate, index) => [
      ['open-200', 'open-1000', 'open-3000', 'open-half'][index],
      { kind: 'open', way, rate, duration_ms: 100 },
    ]),
  );
  for (const load of loads) {
    assert.deepEqual(load.order(way, 100, undefined), { kind: 'connect', way, connections: 8, duration_ms: 100 });
  }
});

test('what runs first on a fresh start is warmed up until its code is compiled', () => {
  const { loads } = makePlan({ ...parseOptions([]), loads: ['closed', 'open'] });
  assert.deepEqual(loads.map(({ name, warmUp_ms }) => [name, warmUp_ms]).slice(0, 3), [
    ['closed-1', 6000],
    ['closed-4', 500],
    ['closed-16', 500],
  ]);
});

test('a quick run hardly warms up, and compares one gateway: it is for success only', () => {
  const plan = makePlan(parseOptions(['--quick', '--subjects', 'tcproute']));
  const compared = plan.entrants.map((entrant) => comparisonsOf(entrant, plan, 1).length);
  assert.deepEqual(compared, [plan.comparisons.length, 0]);
  const { loads, comparisons } = plan;
  const warmUps = [...loads, ...comparisons].map(({ warmUp_ms }) => warmUp_ms);
  assert.ok(Math.max(...warmUps) <= 300, `${warmUps}`);
  const access = makePlan(parseOptions(['--loads', 'access'])).comparisons;
  assert.deepEqual(
    access.map(({ warmUp_ms }) => warmUp_ms),
    Array(4).fill(6000),
  );
});
