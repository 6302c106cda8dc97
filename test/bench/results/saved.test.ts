import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FORMAT, type Results } from '../../../bench/results/results.js';
import { parseResults } from '../../../bench/results/saved.js';
import { BASE_SAMPLE, BASELINE, SYSCALLS_SAMPLE, sample } from '../report/sample.js';

const EVERYTHING = sample({ comparisons: ['growth-idle'], base: BASE_SAMPLE, syscalls: SYSCALLS_SAMPLE });

const parse = (value: unknown) => parseResults(JSON.stringify(value), BASELINE);

/** The sample with one value put in place of another. */
function altered(path: string, value: unknown): unknown {
  const results = JSON.parse(JSON.stringify(EVERYTHING));
  const keys = path.split('.');
  const last = keys.pop() as string;
  keys.reduce((part, key) => part[key], results)[last] = value;
  return results;
}

test('what was written is read back, and its summary is made anew', () => {
  const saved = JSON.parse(JSON.stringify(EVERYTHING)) as Results;
  assert.deepEqual(JSON.parse(JSON.stringify(parse({ ...saved, summary: 'rubbish' }))), saved);
});

test('keys of a later time are left alone', () => {
  assert.ok(parse(altered('measured.trials.0.measurements.0.later', 4)));
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
      altered('measured.trials.2.measurements.0.outcome.verified', -1),
      /: measured\.trials\[2\]\.measurements\[0\]\.outcome\.verified: a number from 0/,
    ],
    [altered('measured.trials.2.measurements.0.outcome.elapsed_ms', 0), /elapsed_ms: a number above 0/],
    [altered('measured.trials.2.measurements.0.outcome.curve', { length: 3 }), /curve: a list/],
    [altered('measured.trials.2.measurements.0.outcome.failures', { refused: 'often' }), /failures\.refused: a number/],
    [altered('measured.trials.0.measurements.3.idle.steps.0', null), /idle\.steps\[0\]: an object/],
    [altered('measured.trials.0.measurements.0.counts.segments', 'many'), /counts\.segments: a number or null/],
    [altered('measured.trials.0.measurements.3.idle.kernel', undefined), /idle\.kernel: an object/],
    [altered('measured.comparisons.0.measurement.with.verified', -1), /comparisons\[0\]\.measurement\.with\.verified/],
    [altered('measured.comparisons.0.measurement.without.latency.p99', 'x'), /without\.latency\.p99: a number from 0/],
    [altered('measured.comparisons.0.measurement.crowd', -1), /comparisons\[0\]\.measurement\.crowd: a number from 0/],
    [altered('measured.base.measurements.0.starts.1.pss', 'x'), /base\.measurements\[0\]\.starts\[1\]\.pss: a number/],
    [altered('measured.syscalls.measurements.0.calls', { close: 'x' }), /syscalls\.measurements\[0\]\.calls\.close/],
    [altered('measured.trials.0.failures', [{ subject: 'a' }]), /measured\.trials\[0\]\.failures\[0\]\.load: a text/],
  ];
  for (const [value, wanted] of cases) assert.throws(() => parse(value), wanted);
});

test('a number that the machine did not tell is none when it is read back', () => {
  const results = parse(altered('measured.trials.0.measurements.0.counts.segments', Number.NaN));
  assert.ok(Number.isNaN(results.measured.trials[0].measurements[0].counts.segments));
});

test('nothing that a file calls by a name does more to a terminal than stand there', () => {
  const name = '\u001b]0;x\u0007a\nFAILED\r\u009b2J\u202eb';
  const harmless = '\ufffd]0;x\ufffda FAILED \ufffd2J\ufffdb';
  const calls = { [name]: 3 };
  const { subjects, measured } = parse({
    ...EVERYTHING,
    subjects: [{ name, version: '1.0', workers: 0 }],
    measured: {
      ...EVERYTHING.measured,
      syscalls: { ...SYSCALLS_SAMPLE, measurements: [{ ...SYSCALLS_SAMPLE.measurements[0], calls }] },
    },
  });
  assert.equal(subjects[0].name, harmless);
  assert.deepEqual(measured.syscalls?.measurements[0].calls, { [harmless]: 3 });
  assert.throws(() => parseResults(name, BASELINE), { message: /^[^\p{Cc}]+$/u });
});
