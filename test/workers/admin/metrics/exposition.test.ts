// The text of a scrape, literally, in both forms.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Family } from '../../../../src/workers/admin/metrics/exposition/family.js';
import { Exposition } from '../../../../src/workers/admin/metrics/exposition/registry.js';

interface Two {
  readonly lines: readonly string[];
  readonly buckets: readonly number[];
}

const FAMILIES: readonly Family<Two>[] = [
  {
    kind: 'counter',
    name: 'a_dials_total',
    help: 'Dials.',
    labels: ['line', 'how'],
    read({ lines }, put) {
      for (const [index, line] of lines.entries()) put(index + 1, line, 'well');
    },
  },
  { kind: 'gauge', name: 'a_size', help: 'A size,\nin words: \\.', labels: [], read: (_, put) => put(2.5) },
  {
    kind: 'histogram',
    name: 'a_time_seconds',
    help: 'A time.',
    labels: ['line'],
    bounds_ms: [2.5, 1000],
    read({ lines, buckets }, put) {
      for (const line of lines) put({ buckets, sum_ms: 1500 }, line);
    },
  },
];

const READINGS: Two = { lines: ['b "\\\n'], buckets: [3, 4, 1] };

test('the text format has the values of the families, with labels escaped, times in seconds, and buckets that add up', async () => {
  const exposition = new Exposition('text', FAMILIES, false);
  const line = 'line="b \\"\\\\\\n"';
  assert.equal(exposition.contentType, 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(
    await exposition.text(READINGS),
    [
      ...['# HELP a_dials_total Dials.', '# TYPE a_dials_total counter', `a_dials_total{${line},how="well"} 1`, ''],
      ...['# HELP a_size A size,\\nin words: \\\\.', '# TYPE a_size gauge', 'a_size 2.5', ''],
      ...['# HELP a_time_seconds A time.', '# TYPE a_time_seconds histogram'],
      `a_time_seconds_bucket{${line},le="0.0025"} 3`,
      `a_time_seconds_bucket{${line},le="1"} 7`,
      `a_time_seconds_bucket{${line},le="+Inf"} 8`,
      ...[`a_time_seconds_sum{${line}} 1.5`, `a_time_seconds_count{${line}} 8`, ''],
    ].join('\n'),
  );
});

test('OpenMetrics names counters without _total, writes bounds as it wants them, and ends with EOF', async () => {
  const exposition = new Exposition('openmetrics', FAMILIES, false);
  assert.equal(exposition.contentType, 'application/openmetrics-text; version=1.0.0; charset=utf-8');
  assert.equal(
    await exposition.text({ ...READINGS, lines: ['b'] }),
    [
      ...['# HELP a_dials Dials.', '# TYPE a_dials counter', 'a_dials_total{line="b",how="well"} 1'],
      ...['# HELP a_size A size,\\nin words: \\\\.', '# TYPE a_size gauge', 'a_size 2.5'],
      ...['# HELP a_time_seconds A time.', '# TYPE a_time_seconds histogram'],
      'a_time_seconds_bucket{line="b",le="0.0025"} 3',
      'a_time_seconds_bucket{line="b",le="1.0"} 7',
      'a_time_seconds_bucket{line="b",le="+Inf"} 8',
      ...['a_time_seconds_sum{line="b"} 1.5', 'a_time_seconds_count{line="b"} 8', '# EOF', ''],
    ].join('\n'),
  );
});

const dialsOf = async (exposition: Exposition<Two>, lines: readonly string[]): Promise<readonly string[]> =>
  (await exposition.text({ ...READINGS, lines })).split('\n').filter((line) => line.startsWith('a_dials_total{'));

test('a line that has gone is left out, and one that comes back counts as it is read then', async () => {
  const exposition = new Exposition('text', FAMILIES, false);
  const [b, c] = ['b', 'c'].map((line) => `a_dials_total{line="${line}",how="well"}`);
  assert.deepEqual(await dialsOf(exposition, ['b', 'c']), [`${b} 1`, `${c} 2`]);
  assert.deepEqual(await dialsOf(exposition, ['c']), [`${c} 1`]);
  assert.deepEqual(await dialsOf(exposition, ['c', 'b']), [`${c} 1`, `${b} 2`]);
});

test('a series that is given twice stands there once, since twice would make the whole scrape invalid', async () => {
  const exposition = new Exposition('text', FAMILIES, false);
  assert.deepEqual(await dialsOf(exposition, ['b', 'b']), ['a_dials_total{line="b",how="well"} 2']);
});
