// The end of a test run says why each test failed, and what a file was at that died or hung.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

interface Told {
  readonly failed?: string;
  readonly lines?: readonly string[];
  readonly file?: string;
  readonly ms?: number;
  readonly count?: string;
  readonly number?: number;
}

const REPORTER = String(new URL('../../scripts/test-reporter.mjs', import.meta.url));
const HEAD = `import { afterEach, test } from 'node:test';\nimport assert from 'node:assert/strict';\n`;

/** What the reporter tells of a file of tests. */
function toldOf(text: string, limit_ms = 60_000): Told[] {
  const folder = mkdtempSync(join(tmpdir(), 'test-run-'));
  const file = join(folder, 'some.test.mjs');
  try {
    writeFileSync(file, HEAD + text);
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { stdout } = spawnSync(process.execPath, ['--test', `--test-reporter=${REPORTER}`, file], {
      encoding: 'utf8',
      env: { ...env, TEST_FILE_LIMIT_MS: String(limit_ms) },
    });
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Told);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const failures = (all: readonly Told[]): (readonly [string, readonly string[]])[] =>
  all.flatMap(({ failed, lines }) => (failed === undefined ? [] : [[failed.replace(/^.*:/, '').trim(), lines ?? []]]));

test('a failed test is told with its message, what was expected, and causes; a parent of one is not', () => {
  const all = toldOf(`
    test('passes', () => {});
    test('differs', () => assert.deepEqual(Array.from({ length: 40 }), [...Array.from({ length: 39 }), 7]));
    test('says', () => assert.equal(1, 2, 'one is two'));
    test('parent', (t) => t.test('child', () => { throw new Error('outer\\nsecond', { cause: new Error('inner') }); }));
    test('text', () => Promise.reject('only a text'));
    test('planned', { todo: true }, () => assert.fail('not yet'));
  `);
  const failed = failures(all);
  assert.deepEqual(
    failed.map(([name]) => name),
    ['differs', 'says', 'child', 'text'],
  );
  const [differs, says, child, text] = failed.map(([, lines]) => lines);
  assert.match(differs?.[0] ?? '', /^Expected values/);
  assert.ok(
    differs?.some((line) => /^\+ +undefined/.test(line)) && differs.some((line) => /^- +7/.test(line)),
    `${differs}`,
  );
  assert.ok((differs?.length ?? 99) <= 12);
  assert.deepEqual([says?.[0], says?.slice(-2)], ['one is two', ['expected: 2', 'actual: 1']]);
  assert.deepEqual(child, ['outer', 'second', 'because of: inner']);
  assert.deepEqual(text, ['only a text']);
  assert.deepEqual(
    all.flatMap(({ count, number }) => (count === 'fail' ? [number] : [])),
    [5],
  );
  assert.ok(all.some(({ ms }) => ms !== undefined && ms > 0));
});

test('a test whose hook fails is told with the error of the hook', () => {
  const all = toldOf(`afterEach(() => assert.deepEqual(['TCPSocketWrap'], []));\ntest('leaves', () => {});`);
  const [[name, lines]] = failures(all) as [readonly [string, readonly string[]]];
  assert.equal(name, 'leaves');
  assert.equal(lines[0], 'in a hook:');
  assert.ok(lines.some((line) => line.includes('TCPSocketWrap')));
});

test('a file whose process dies is told with the test that had begun, and what it wrote last', () => {
  const all = toldOf(`
    import { setTimeout as pause } from 'node:timers/promises';
    test('lives', () => {});
    test('fails', () => assert.fail('before'));
    test('kills', async () => {
      process.stderr.write('a last word\\n');
      // What it has told is on its way.
      for (let turn = 0; turn < 20; turn += 1) await pause(5);
      process.kill(process.pid, 'SIGKILL');
      await pause(60_000);
    });
    test('never begins', () => {});
  `);
  const [fails, ...others] = failures(all);
  assert.equal(fails?.[0], 'fails');
  assert.deepEqual(others, [
    ['the whole file', ['its process ended with SIGKILL, while this ran: kills', 'stderr: a last word']],
  ]);
});

test('a file that hangs is killed', () => {
  const all = toldOf(`setInterval(() => {}, 1000);`, 500);
  const [[name, lines]] = failures(all) as [readonly [string, readonly string[]]];
  assert.equal(name, 'the whole file');
  assert.match(lines[0] as string, /^it hung: killed after 0\.5 s, while no test ran/);
});
