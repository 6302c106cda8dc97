import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FORMAT, type Results } from '../../bench/results.js';
import { parseResults } from '../../bench/saved.js';
import { BASELINE, sample } from './report/sample.js';

const parse = (value: unknown) => parseResults(JSON.stringify(value), BASELINE);

/** The sample with one value put in place of another. */
function altered(path: string, value: unknown): unknown {
  const results = JSON.parse(JSON.stringify(sample()));
  const keys = path.split('.');
  const last = keys.pop() as string;
  keys.reduce((part, key) => part[key], results)[last] = value;
  return results;
}

test('what was written is read back, and its summary is made anew', () => {
  const results = sample();
  const saved = JSON.parse(JSON.stringify(results)) as Results;
  assert.deepEqual(JSON.parse(JSON.stringify(parse({ ...saved, summary: 'rubbish' }))), saved);
});

test('keys of a later time are left alone', () => {
  assert.ok(parse(altered('rounds.0.measurements.0.segments', 4)));
});

test('another format is named', () => {
  for (const format of [FORMAT - 1, FORMAT + 1, 0.5]) {
    const wanted = new RegExp(`^results of format ${format}: this version of the bench reads format ${FORMAT}$`);
    assert.throws(() => parse({ ...sample(), format }), { message: wanted });
  }
});

test('what is not JSON is called that', () => {
  for (const text of ['', '{', '<html>', 'NaN'])
    assert.throws(() => parseResults(text, BASELINE), /^Error: not JSON: /);
});

test('rubbish is told with its place', () => {
  const cases: [unknown, RegExp][] = [
    [null, /results of the bench: an object is needed$/],
    [[], /: an object is needed$/],
    [{}, /: format: a number is needed$/],
    [altered('format', '2'), /: format: a number/],
    [altered('began', 'yesterday'), /: began: a date/],
    [altered('machine', undefined), /: machine: an object/],
    [altered('options', []), /: options: an object/],
    [altered('subjects.1.name', 7), /: subjects\[1\]\.name: a text/],
    [altered('loads', Array(101).fill({ name: 'a', title: 'a' })), /: loads: a list of at most 100/],
    [
      altered('rounds.2.measurements.0.outcome.verified', -1),
      /: rounds\[2\]\.measurements\[0\]\.outcome\.verified: a number from 0/,
    ],
    [altered('rounds.2.measurements.0.outcome.elapsed_ms', 0), /elapsed_ms: a number above 0/],
    [altered('rounds.2.measurements.0.outcome.curve', { length: 3 }), /curve: a list/],
    [altered('rounds.2.measurements.0.outcome.failures', { refused: 'often' }), /failures\.refused: a number/],
    [altered('rounds.0.measurements.3.idle.steps.0', null), /idle\.steps\[0\]: an object/],
    [altered('rounds.0.failures', [{ subject: 'a' }]), /rounds\[0\]\.failures\[0\]\.load: a text/],
  ];
  for (const [value, wanted] of cases) assert.throws(() => parse(value), wanted);
});
