// The bench as a user calls it, with results that are there already: nothing is run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FORMAT } from '../../bench/results/results.js';
import { BASE_SAMPLE, SYSCALLS_SAMPLE, sample } from './report/sample.js';

const program = fileURLToPath(new URL('../../bench/main.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'bench-main-'));
const saved = join(directory, 'results.json');
const page = join(directory, 'deep/page.html');
const everything = { comparisons: ['growth-idle'], base: BASE_SAMPLE, syscalls: SYSCALLS_SAMPLE };
writeFileSync(saved, JSON.stringify(sample(everything)));
after(() => rmSync(directory, { recursive: true }));

const bench = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });

test('a page is made from saved results, beside the tables', () => {
  const { status, stdout, stderr } = bench('--from', saved, '--report', page);
  assert.deepEqual([status, stderr], [0, '']);
  const titles = ['connect-ip: its title', 'growth-idle: its title', 'base: medians of 2 starts', 'syscalls: of the'];
  const places = titles.map((title) => `\n${stdout}`.indexOf(`\n${title}`));
  assert.ok(places[0] === 0 && places.every((place, index) => index === 0 || place > places[index - 1]), `${places}`);
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
  for (const part of ['base', 'syscalls'] as const) {
    writeFileSync(failed, JSON.stringify(sample({ [part]: { ...everything[part], failures } })));
    assert.equal(bench('--from', failed).status, 1, part);
  }
  const { measured, ...results } = sample();
  const comparisons = [{ measurement: undefined, failures }];
  writeFileSync(failed, JSON.stringify({ ...results, measured: { ...measured, comparisons } }));
  assert.equal(bench('--from', failed).status, 1);
});

test('names in a file say nothing to the terminal', () => {
  const odd = join(directory, 'odd.json');
  const name = '\u001b[31mred\u0007';
  const failures = [{ subject: name, load: name, cause: name, count: 1 }];
  writeFileSync(odd, JSON.stringify(sample({ subjects: [name], loads: [name], failures })));
  for (const more of [[], ['--markdown']]) {
    const { stdout, stderr } = bench('--from', odd, ...more);
    assert.match(stdout + stderr, /red/);
    assert.doesNotMatch(stdout + stderr, /(?!\n)\p{Cc}/u);
  }
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
