import assert from 'node:assert/strict';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { PidFile, whyNoPidFile } from '../../../src/main/process/pid-file.js';

const OWN = `${process.pid}\n`;
let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcproute-pid-'));
  path = join(folder, 'pid');
});
afterEach(() => rmSync(folder, { recursive: true }));

function prepared(): PidFile {
  const made = PidFile.prepare(path);
  assert.ok(made.code === 'prepared', JSON.stringify(made));
  return made.file;
}

test('the number is in its place once it is published, for everybody to read under any umask, and goes at the end', () => {
  const umask = process.umask(0o077);
  try {
    const file = prepared();
    assert.equal(readdirSync(folder).includes('pid'), false);
    assert.deepEqual(file.publish(), { code: 'done' });
    assert.deepEqual([readFileSync(path, 'utf8'), lstatSync(path).mode & 0o777], [OWN, 0o644]);
    assert.deepEqual(readdirSync(folder), ['pid']);
    file.remove();
    file.remove();
    assert.deepEqual(readdirSync(folder), []);
  } finally {
    process.umask(umask);
  }
});

test('a start that ends before it serves leaves nothing', () => {
  prepared().remove();
  assert.deepEqual(readdirSync(folder), []);
});

test('the number of another process is replaced, and stays where it has replaced this one', () => {
  for (const other of ['1\n', '', ' 4711', `${process.pid + 1}\r\n`]) {
    writeFileSync(path, other);
    const file = prepared();
    assert.equal(readFileSync(path, 'utf8'), other);
    assert.deepEqual(file.publish(), { code: 'done' });
    assert.equal(readFileSync(path, 'utf8'), OWN);
    writeFileSync(path, other);
    file.remove();
    assert.equal(readFileSync(path, 'utf8'), other);
  }
});

test('what a killed process with the same number has left is no hindrance', () => {
  symlinkSync('/nonexistent', `${path}.${process.pid}.new`);
  const file = prepared();
  assert.deepEqual(file.publish(), { code: 'done' });
  assert.ok(lstatSync(path).isFile());
});

test('a link is replaced, not followed', () => {
  const target = join(folder, 'target');
  writeFileSync(target, '');
  symlinkSync(target, path);
  assert.deepEqual(prepared().publish(), { code: 'done' });
  assert.deepEqual([readFileSync(target, 'utf8'), lstatSync(path).isFile()], ['', true]);
});

test('what is no number of a process stays as it is', () => {
  const foreign = `pid_file ${path} cannot be written: what is there is not the number of a process`;
  for (const text of ['{"port": 7070}', '12 34', 'x'.repeat(100), '1'.repeat(100)]) {
    writeFileSync(path, text);
    assert.deepEqual(PidFile.prepare(path), { code: 'failed', message: foreign });
    assert.equal(whyNoPidFile(path), foreign);
    assert.equal(readFileSync(path, 'utf8'), text);
  }
  rmSync(path);
  mkdirSync(path);
  assert.equal(whyNoPidFile(path), foreign);
  assert.deepEqual(readdirSync(folder), ['pid']);
});

test('a folder that has gone is named before the start and at the end of one', () => {
  const gone = `pid_file ${path} cannot be written: ENOENT`;
  const file = prepared();
  rmSync(folder, { recursive: true });
  assert.equal(whyNoPidFile(path), gone);
  assert.deepEqual(PidFile.prepare(path), { code: 'failed', message: gone });
  assert.deepEqual(file.publish(), { code: 'failed', message: gone });
  file.remove();
  mkdirSync(folder);
});
