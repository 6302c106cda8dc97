import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { createLogger } from '../../../src/main/process/log.js';
import type { LogLevel } from '../../../src/protocol/options.js';

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

test('on a terminal, control characters of what is logged are shown, not sent', () => {
  const module = new URL('../../../src/main/process/log.js', import.meta.url).href;
  const program = join(mkdtempSync(join(tmpdir(), 'tcproute-log-')), 'log.mjs');
  const [name, message] = ['a\x1b[2J\u202e', 'b\x1b]0;c\x07\x9b2J'].map((text) => JSON.stringify(text));
  writeFileSync(
    program,
    `import { openLog } from ${JSON.stringify(module)};\nopenLog('info').log.info({ name: ${name} }, ${message});\n`,
  );
  const { stdout } = spawnSync('script', ['-qec', `"${process.execPath}" "${program}"`, '/dev/null'], {
    encoding: 'utf8',
    env: { ...process.env, TERM: 'dumb', NO_COLOR: '1' },
  });
  rmSync(dirname(program), { recursive: true });
  assert.match(stdout, /b\\u001b\]0;c\\u0007\\u009b2J/);
  assert.match(stdout, /a\\+u001b\[2J\\+u202e/);
  assert.equal(
    [...stdout].some((character) => '\x1b\x07\x9b\u202e'.includes(character)),
    false,
  );
});
