import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '../../src/main/log.js';
import type { LogLevel } from '../../src/protocol/options.js';

function logged(level: LogLevel): { lines: Record<string, unknown>[]; log: ReturnType<typeof createLogger> } {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger(level, { write: (line) => lines.push(JSON.parse(line)) });
  return { lines, log };
}

test('away from a terminal a line is one JSON object, with a level by name and a time in ISO form', () => {
  const { lines, log } = logged('info');
  log.info({ port: 7070 }, 'listening');
  log.debug('not logged');
  assert.equal(lines.length, 1);
  const { time, ...rest } = lines[0] as { time: string };
  assert.deepEqual(rest, { level: 'info', port: 7070, msg: 'listening' });
  assert.equal(new Date(time).toISOString(), time);
});

test('silent logs nothing', () => {
  const { lines, log } = logged('silent');
  log.fatal('x');
  assert.deepEqual(lines, []);
});

test('passwords are masked wherever a line may stand', () => {
  const { lines, log } = logged('info');
  const hop = { host: 'a', password: 'hunter2' };
  log.info({
    ...hop,
    hop,
    hops: [hop],
    line: { hops: [hop] },
    lines: [{ hops: [hop] }],
    options: { lines: [{ hops: [hop] }] },
  });
  const text = JSON.stringify(lines);
  assert.doesNotMatch(text, /hunter2/);
  assert.equal(text.split('***').length - 1, 6);
});
