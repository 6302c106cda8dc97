import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from '../../../bench/restart/options.js';
import { changesOf } from '../../../bench/restart/trial.js';

test('a hundred thousand connections and twenty upgrades of both engines, unless it says otherwise', () => {
  const { engines, alone, plan } = parseOptions([]);
  assert.deepEqual([engines, alone, plan.connections, plan.upgrades], [['uring', 'epoll'], false, 100_000, 20]);
  const quick = parseOptions(['--quick', '--engine', 'epoll', '--reloads', '0', '--alone', '--rate', '7']);
  assert.deepEqual([quick.engines, quick.alone, quick.plan.reloads, quick.plan.rate], [['epoll'], true, 0, 7]);
  assert.ok(quick.plan.connections < 10_000);
});

test('what cannot be is an error that says what can', () => {
  assert.throws(() => parseOptions(['--engine', 'kqueue']), /--engine kqueue: there are uring, epoll/);
  assert.throws(() => parseOptions(['--engine', '']), /uring, epoll/);
  assert.throws(() => parseOptions(['--upgrades', '-1']), /argument|whole number/);
  assert.throws(() => parseOptions(['--connections', '0']), /whole number/);
  assert.throws(() => parseOptions(['--rate', '1000000']), /from 1 to 20000/);
});

test('upgrades and reloads come in turn, each evenly', () => {
  assert.deepEqual(changesOf({ upgrades: 2, reloads: 2 }), ['reload', 'upgrade', 'reload', 'upgrade']);
  assert.deepEqual(changesOf({ upgrades: 1, reloads: 3 }), ['reload', 'reload', 'upgrade', 'reload']);
  assert.deepEqual(changesOf({ upgrades: 0, reloads: 0 }), []);
});
