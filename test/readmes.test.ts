// The check of the two READMEs finds what it is for: each difference is planted in copies.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [english, chinese] = ['README.md', 'README.zh-CN.md'].map((name) => readFileSync(join(root, name), 'utf8'));

/** What the check says of the two texts. */
function complaints(...texts: [string, string]): string {
  const folder = mkdtempSync(join(tmpdir(), 'readmes-'));
  try {
    writeFileSync(join(folder, 'README.md'), texts[0]);
    writeFileSync(join(folder, 'README.zh-CN.md'), texts[1]);
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/readmes.mjs'), folder], {
      encoding: 'utf8',
    });
    assert.equal(status === 0, stderr === '');
    return stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the two READMEs have the same headings, figures, code and tables', () => {
  assert.equal(complaints(english, chinese), '');
});

test('a heading, a figure, a line of code, a key or a row that one of them lacks is told', () => {
  const without = (text: string, part: string) => {
    assert.ok(text.includes(part), part);
    return text.replace(part, '');
  };
  assert.match(complaints(english, without(chinese, '### 停止\n')), /the headings differ/);
  assert.match(complaints(without(english, '304'), chinese), /"Limits".*figures only in README\.zh-CN\.md: 304/);
  assert.match(complaints(english, without(chinese, '  "port": 7070,\n')), /code only in README\.md: {3}"port": 7070/);
  assert.match(
    complaints(english, without(chinese, '`lines_max`'.replace('lines', 'limits.lines'))),
    /names only in README\.md/,
  );
  assert.match(complaints(english.replace(/^\| 05 .*\n/m, ''), chinese), /rows only in README\.zh-CN\.md: 2 cells/);
});
