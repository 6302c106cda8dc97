// The bench as a user calls it, with results that are there already: nothing is run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FORMAT } from '../../bench/results.js';
import { sample } from './report/sample.js';

const program = fileURLToPath(new URL('../../bench/main.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'bench-main-'));
const saved = join(directory, 'results.json');
const page = join(directory, 'deep/page.html');
writeFileSync(saved, JSON.stringify(sample()));
after(() => rmSync(directory, { recursive: true }));

const bench = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });

test('a page is made from saved results, beside the tables', () => {
  const { status, stdout, stderr } = bench('--from', saved, '--report', page);
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /^connect-ip: its title\nsubject +per second/);
  assert.match(stdout, /\nall of it in .*results\.json\nthe page is .*page\.html\n$/);
  assert.match(readFileSync(page, 'utf8'), /^<!doctype html>.*<\/html>\n$/s);
});

test('Markdown comes alone', () => {
  const { status, stdout } = bench('--from', saved, '--report', page, '--markdown');
  assert.equal(status, 0);
  assert.match(stdout, /^Measured on .*\n\| load .* \|\n$/s);
  assert.doesNotMatch(stdout, /page/);
});

test('saved failures are told, and are in the exit status', () => {
  const failed = join(directory, 'failed.json');
  const failures = [{ subject: 'dante', load: 'idle', cause: 'ECONNRESET', count: 3 }];
  writeFileSync(failed, JSON.stringify(sample({ failures })));
  const { status, stderr } = bench('--from', failed);
  assert.deepEqual([status, stderr], [1, 'FAILED  dante, idle: ECONNRESET (3 times)\n']);
});

test('a file that is none, is not there or is of another format is a mistake in one line', () => {
  const rubbish = join(directory, 'rubbish.json');
  const untouched = join(directory, 'untouched.html');
  for (const [text, wanted] of [
    ['rubbish', /not JSON/],
    ['{"format":1}', /format 1: this version of the bench reads format/],
    [`{"format":${FORMAT},"began":0}`, /began: a date is needed/],
  ] as const) {
    writeFileSync(rubbish, text);
    const { status, stderr } = bench('--from', rubbish, '--report', untouched);
    assert.equal(status, 2);
    assert.match(stderr, /^bench: --from .*rubbish\.json: .*\n$/);
    assert.match(stderr, wanted);
  }
  assert.match(bench('--from', join(directory, 'nowhere')).stderr, /^bench: --from .*nowhere: ENOENT.*\n$/);
  assert.match(bench('--from', directory).stderr, /^bench: --from .*\n$/);
  assert.ok(!existsSync(untouched));
});
