// What is in force beside the configuration: a level of the log that was set, values that were computed, and where all came from.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reloading } from '../../../src/main/reload/reloading.js';
import { LineNumbers } from '../../../src/protocol/lines/numbers.js';
import type { Configuration, LogLevel, Options } from '../../../src/protocol/options.js';
import { loadText, optionsOf } from '../config/load-text.js';

/** A gateway that has computed its workers, and files that are read one after the other. */
function world(...texts: readonly [string, ...string[]]) {
  const read = texts.map((text) => loadText('c.yaml', text));
  const [first] = read;
  assert.ok(first?.kind === 'loaded');
  const levels: LogLevel[] = [];
  let inForce = optionsOf(first);
  const computed = (options: Configuration): Options => ({ ...options, workers: 5 });
  const gateway = {
    options: () => computed(inForce),
    async publish(next: Configuration) {
      inForce = next;
      levels.push(next.log_level);
      return { code: 'done' } as const;
    },
    async setLogLevel(level: LogLevel) {
      levels.push(level);
    },
  };
  let at = 0;
  const next = () => {
    at += 1;
    return read[at] ?? first;
  };
  const reloading = new Reloading(gateway, next, new LineNumbers(), inForce, [], first);
  const value = (key: string) => reloading.effect.find((one) => one.key === key);
  return { reloading, value, levels };
}

test('the level that is set holds until the next reload, which sets the configured one, though nothing else has changed', async () => {
  const { reloading, value, levels } = world('log_level: warn\n', '# the same\nlog_level: warn\n');
  const source = { kind: 'file', name: 'c.yaml', line: 1 };
  assert.deepEqual(value('log_level'), { key: 'log_level', value: 'warn', source });
  assert.equal(await reloading.setLogLevel('trace'), 'warn');
  const set = { key: 'log_level', value: 'trace', source: { kind: 'admin' }, configured: 'warn' };
  assert.deepEqual(value('log_level'), set);
  const reloaded = await reloading.reload();
  assert.ok(reloaded.code === 'reloaded');
  assert.deepEqual(reloaded.changed, ['log_level']);
  assert.deepEqual(levels, ['trace', 'warn']);
  assert.deepEqual(value('log_level'), { key: 'log_level', value: 'warn', source: { ...source, line: 2 } });
});

test('a reload that is refused leaves all as it is', async () => {
  const { reloading, value, levels } = world('log_level: warn\n', 'port: nowhere\n');
  await reloading.setLogLevel('trace');
  assert.equal((await reloading.reload()).code, 'refused');
  assert.deepEqual(levels, ['trace']);
  assert.equal(value('log_level')?.value, 'trace');
  assert.equal(value('log_level')?.configured, 'warn');
});

test('a value that the gateway has computed stands with the one that is configured', () => {
  const { value } = world('port: 1\n');
  assert.deepEqual(value('workers'), { key: 'workers', value: 5, source: { kind: 'computed' }, configured: 0 });
  assert.deepEqual(value('port'), { key: 'port', value: 1, source: { kind: 'file', name: 'c.yaml', line: 1 } });
});

test('what only a start can change is told as it was at the start', async () => {
  const { reloading, value } = world('engine: epoll\nport: 1\n', 'port: 1\nengine: auto\nhalf_closed_timeout_ms: 7\n');
  const reloaded = await reloading.reload();
  assert.ok(reloaded.code === 'reloaded');
  assert.deepEqual(reloaded.needsRestart, ['engine']);
  assert.deepEqual(value('engine'), {
    key: 'engine',
    value: 'epoll',
    source: { kind: 'file', name: 'c.yaml', line: 1 },
  });
  assert.equal(value('half_closed_timeout_ms')?.source.line, 3);
});
