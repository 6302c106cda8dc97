import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderPage } from '../../../bench/report/page.js';
import { elementsOf, plots } from './elements.js';
import { BASELINE, SUBJECTS, sample } from './sample.js';

const HOSTILE = [
  '</title><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='x",
  '&lt;b&gt;',
  '</style></svg>',
  '__proto__',
  'a'.repeat(3000),
  '\u202egnp.exe\u0000',
  '',
];

const described = (page: string, start: string) =>
  plots(page).filter(({ attributes }) => attributes.includes(`aria-label="${start}`));

test('every subject appears in each plot that it has data for, and in no other', () => {
  const page = renderPage(sample());
  const [withoutSplice, all] = [SUBJECTS.filter((name) => name !== 'haproxy-splice'), SUBJECTS];
  const wanted: [string, number, readonly string[]][] = [
    ['Connections, per second', 1, withoutSplice],
    ['CPU per connection, µs', 1, withoutSplice],
    ['Round trips, per second', 1, withoutSplice],
    ['CPU per round trip, µs', 1, withoutSplice],
    ['Latency by percentile, ms', 2, withoutSplice],
    ['Throughput, Gbit/s', 1, all],
    ['CPU per GB, s', 1, all],
    ['Memory by open connections, MiB', 1, withoutSplice],
    ['Memory per connection, KiB', 1, withoutSplice],
  ];
  for (const [start, count, names] of wanted) {
    const found = described(page, start);
    assert.equal(found.length, count, start);
    for (const { text } of found) {
      for (const name of SUBJECTS) assert.equal(text.includes(`${name}:`), names.includes(name), `${start}: ${name}`);
    }
  }
  assert.equal(plots(page).length, 10);
});

test('a page needs nothing but itself', () => {
  const page = renderPage(sample());
  assert.doesNotMatch(page, /<script|<link|<img|<iframe|<object|\ssrc=|\shref=|url\(|@import|https?:\/\//i);
  assert.match(page, /default-src 'none'/);
});

test('whatever names, causes and options there are, they stay text', () => {
  const failures = HOSTILE.map((cause) => ({ subject: cause, load: cause, cause, count: 2 }));
  const harmless = elementsOf(
    renderPage(
      sample({
        subjects: HOSTILE.map((_, index) => `s${index}`),
        loads: HOSTILE.map((_, index) => `l${index}`),
        failures,
        options: { name: 'x' },
      }),
    ),
  );
  const page = renderPage(
    sample({
      subjects: HOSTILE,
      loads: HOSTILE,
      failures,
      options: { name: HOSTILE[0], [HOSTILE[1]]: { deep: HOSTILE } },
    }),
  );
  const elements = elementsOf(page);
  const tags = (some: typeof elements) => [...new Set(some.map(({ tag }) => tag))].sort();
  assert.deepEqual(tags(elements), tags(harmless));
  assert.ok(elements.every(({ tag, attributes }) => tag === 'svg' || !/\son\w+\s*=/.test(attributes)));
  for (const name of HOSTILE.slice(0, 5)) {
    const shown = elements.filter(({ tag, text }) => tag === 'title' && text.startsWith(`${name}:`));
    assert.ok(shown.length >= HOSTILE.length, name);
  }
  assert.ok(!page.includes('\u202e') && !page.includes('\u0000'));
});

test('a load that nobody knows has a generic plot', () => {
  const page = renderPage(sample({ loads: ['growth', 'base'] }));
  assert.equal(described(page, 'CPU per unit, µs').length, 2);
  assert.equal(described(page, 'Units, per second').length, 2);
  assert.ok(elementsOf(page).some(({ tag, text }) => tag === 'h2' && text === 'growth growth: its title'));
});

test('numbers that nobody knows are plotted under their names where rows have them', () => {
  const results = sample({ loads: ['connect-ip'] });
  const summary = results.summary.map((row) => ({ ...row, ...(row.subject === BASELINE ? {} : { segments: 12.5 }) }));
  const [plot, ...more] = described(renderPage({ ...results, summary }), 'segments, per connection');
  assert.equal(more.length, 0);
  assert.ok(plot.text.includes('haproxy: 12.5') && !plot.text.includes(BASELINE));
});

test('further memory of a row is in the unit of the known', () => {
  const results = sample({ loads: ['idle'] });
  const summary = results.summary.map((row) => ({ ...row, memory: { ...row.memory!, kernelEach: 4.5 } }));
  assert.equal(described(renderPage({ ...results, summary }), 'memory kernel each, KiB per connection').length, 1);
});

test('a part of the results that nobody knows is plotted by what its rows are of', () => {
  const one = {
    subject: 'tcproute-uring',
    workers: 1,
    comparison: 'growth-idle',
    with: 98,
    ratio: 1.03,
    ratios: [1, 2],
  };
  const results = {
    ...sample({ loads: ['connect-ip'] }),
    comparisons: { summary: [one, { ...one, comparison: 'connect-line' }], rounds: [] },
    base: { measurements: [{ subject: BASELINE, calm_percent: 0.1, starts: [] }, 'rubbish', { subject: 7 }, null] },
    syscalls: undefined,
    remark: 'none',
  };
  const page = renderPage(results);
  const heads = elementsOf(page).flatMap(({ tag, text }) => (tag === 'h2' ? [text] : []));
  assert.deepEqual(heads.slice(-3), ['growth-idle', 'connect-line', 'base']);
  assert.deepEqual([described(page, 'with').length, described(page, 'ratio').length], [2, 2]);
  assert.ok(described(page, 'calm percent')[0].text.includes(`${BASELINE}: 0.100`));
});

test('the head says when, on what and with what; where results go is not of interest', () => {
  const page = renderPage(sample());
  const [header] = elementsOf(page).filter(({ tag }) => tag === 'header');
  for (const part of [
    '2026-11-25 18:03 UTC',
    '2 cores (Some Processor)',
    'Linux 6.18.44-cloud',
    'Node 20.20.2',
    '--concurrency 64',
  ])
    assert.ok(header.text.includes(part), part);
  assert.ok(!header.text.includes('/somewhere'));
  assert.ok(header.text.includes('No connection failed'));
});

test('failures are told at the top', () => {
  const failures = [{ subject: 'dante', load: 'idle', cause: 'ECONNRESET', count: 3 }];
  const [header] = elementsOf(renderPage(sample({ failures }))).filter(({ tag }) => tag === 'header');
  assert.ok(header.text.includes('dante, idle: ECONNRESET (3 times)'));
  assert.ok(!header.text.includes('No connection failed'));
});

test('one round, no baseline, no rows: there is a page all the same', () => {
  for (const asked of [{ rounds: 1 }, { rounds: 0 }, { subjects: ['dante'] }, { subjects: [] }, { loads: ['idle'] }]) {
    const page = renderPage(sample(asked));
    elementsOf(page);
    assert.doesNotMatch(page, /NaN|Infinity|undefined/);
  }
});

test('numbers of workers are told apart where there are several', () => {
  const results = sample({ subjects: ['tcproute-uring', BASELINE], loads: ['connect-ip'] });
  const twice = {
    ...results,
    subjects: [...results.subjects, { name: 'tcproute-uring', version: '1.0', workers: 2 }],
    summary: [...results.summary, { ...results.summary[0], workers: 2 }],
  };
  for (const { text } of plots(renderPage(twice))) {
    assert.ok(
      text.includes('tcproute-uring ×1:') && text.includes('tcproute-uring ×2:') && text.includes(`${BASELINE}:`),
    );
  }
});
