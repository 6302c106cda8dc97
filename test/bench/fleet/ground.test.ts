// The ground of the bench of sites: destinations by their addresses, and what an engine says of itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineFigures, figuresBetween } from '../../../bench/fleet/ground/engine-figures.js';
import { addressOf, indexOf, NAMES_MAX, nameOf, silentLine } from '../../../bench/fleet/ground/names.js';

test('each destination has a network of its own, by which it is known again', () => {
  const addresses = Array.from({ length: NAMES_MAX }, (_, index) => addressOf(index));
  assert.equal(new Set(addresses.map((address) => address.replace(/\.\d+$/, ''))).size, NAMES_MAX);
  assert.deepEqual(
    addresses.map(indexOf),
    addresses.map((_, index) => index),
  );
  assert.deepEqual([nameOf(0), addressOf(0), addressOf(NAMES_MAX - 1)], ['d0.test', '127.64.0.1', '127.127.255.1']);
  for (const other of ['127.0.0.1', '127.63.255.1', '127.128.0.1', '127.64.0.2', '10.64.0.1', '::1', ''])
    assert.equal(indexOf(other), undefined, other);
});

test('lines are silent in turn at some of the destinations', () => {
  const silent = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((one) => silentLine(one, { each: 4, lines: 2 }));
  assert.deepEqual(silent, [0, undefined, undefined, undefined, 1, undefined, undefined, undefined, 0]);
});

test('counts of an engine grow, and what it holds is what it has now', () => {
  const info = (commands: number, keys: string): string =>
    [
      ...['# Stats', `total_commands_processed:${commands}`, 'total_net_input_bytes:10', 'total_net_output_bytes:20'],
      ...['used_memory:1000', 'used_cpu_sys:0.5', 'used_cpu_user:1.25', 'used_cpu_sys_children:9', keys, ''],
    ].join('\r\n');
  const [before, now] = [engineFigures(info(5, '')), engineFigures(info(12, 'db0:keys=3,expires=2,avg_ttl=1'))];
  assert.deepEqual(now, { commands: 12, octetsIn: 10, octetsOut: 20, memory: 1000, keys: 3, cpu_s: 1.75 });
  assert.deepEqual(figuresBetween(before, now), {
    ...{ commands: 7, octetsIn: 0, octetsOut: 0, memory: 1000, keys: 3, cpu_s: 0 },
  });
  assert.ok(Number.isNaN(engineFigures('').commands));
});
