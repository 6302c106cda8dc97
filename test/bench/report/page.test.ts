import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderPage } from '../../../bench/report/page.js';
import { elementsOf, plots } from './elements.js';
import { BASE_SAMPLE, BASELINE, SUBJECTS, SYSCALLS_SAMPLE, sample } from './sample.js';

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
    ['Memory per connection, KiB (PSS)', 1, withoutSplice],
    ['Kernel memory per connection, KiB', 1, withoutSplice],
    ['TCP segments per connection', 1, withoutSplice],
    ['Context switches per round trip', 1, withoutSplice.filter((name) => name !== BASELINE)],
  ];
  for (const [start, count, names] of wanted) {
    const found = described(page, start);
    assert.equal(found.length, count, start);
    for (const { text } of found) {
      for (const name of SUBJECTS) assert.equal(text.includes(`${name}:`), names.includes(name), `${start}: ${name}`);
    }
  }
  assert.equal(plots(page).length, 15);
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

test('comparisons are plotted for the subjects that were compared', () => {
  const page = renderPage(sample({ loads: [], comparisons: ['connect-line', 'growth-idle'], rounds: 2 }));
  const heads = elementsOf(page).flatMap(({ tag, text }) => (tag === 'h2' ? [text] : []));
  assert.deepEqual(heads.slice(-2), ['connect-line connect-line: its title', 'growth-idle growth-idle: its title']);
  for (const what of ['CPU, with ÷ without, ×', 'CPU per connection, µs', 'Memory, MiB (PSS)']) {
    assert.equal(described(page, what).length, 2, what);
  }
  const [ratio] = described(page, 'CPU, with ÷ without, ×');
  assert.ok(ratio.text.includes('tcproute-uring: 1.01 ×; each: 1.01, 1.01'), ratio.text);
  // A ratio is not set in relation to another one.
  assert.ok(!ratio.text.includes(`× ${BASELINE}`));
  assert.ok(described(page, 'Memory, MiB (PSS)')[0].text.includes('tcproute-uring: 3.00 MiB'));
});

test('start, memory and rest are plotted, and system calls', () => {
  const page = renderPage(sample({ base: BASE_SAMPLE, syscalls: SYSCALLS_SAMPLE }));
  const [starts] = described(page, 'Accepts after, ms');
  assert.ok(starts.text.includes('tcproute-uring: 300 ms; each: 200, 400') && starts.text.includes(BASELINE));
  const [rest] = described(page, 'CPU at rest, % of a core');
  assert.ok(rest.text.includes('tcproute-uring: 1.50 %') && !rest.text.includes(BASELINE));
  assert.ok(described(page, 'System calls per connection')[0].text.includes('tcproute-uring: 6.00'));
  const [targets] = elementsOf(page).filter(({ attributes }) => attributes === ' class="targets"');
  assert.ok(targets.text.includes('accepts after ≤ 400 ms300 ms ✓'), targets.text);
  assert.ok(
    targets.text.includes('CPU at rest ≤ 1.50 × node-timer3.00 × ✗wakes at rest ≤ 2 a second8.00 a second ✗'),
    targets.text,
  );
});

test('the head says when, on what and with what; where results go is not of interest', () => {
  const page = renderPage(sample({ options: { calm_s: 5 } }));
  const [header] = elementsOf(page).filter(({ tag }) => tag === 'header');
  for (const part of [
    '2026-11-25 18:03 UTC',
    '2 cores (Some Processor)',
    'Linux 6.18.44-cloud',
    'Node 20.20.2',
    '--concurrency 64',
    '--calm 5',
  ])
    assert.ok(header.text.includes(part), part);
  assert.ok(!header.text.includes('/somewhere'));
  assert.ok(header.text.includes('No connection failed'));
});

test('a subject that took part in nothing is not in the head, and has no column', () => {
  const page = renderPage(sample({ loads: ['connect-ip'] }));
  assert.ok(!page.includes('haproxy-splice 1.0') && !page.includes('>haproxy-splice<'));
  const [header] = elementsOf(page).filter(({ tag }) => tag === 'header');
  assert.ok(header.text.includes('haproxy 1.0') && !header.text.includes('haproxy-splice'));
});

test('failures of every kind are told at the top', () => {
  const failures = [{ subject: 'dante', load: 'idle', cause: 'ECONNRESET', count: 3 }];
  const [header] = elementsOf(renderPage(sample({ failures }))).filter(({ tag }) => tag === 'header');
  assert.ok(header.text.includes('dante, idle: ECONNRESET (3 times)'));
  for (const part of ['base', 'syscalls'] as const) {
    const asked = { base: { ...BASE_SAMPLE, failures }, syscalls: { ...SYSCALLS_SAMPLE, failures } };
    assert.ok(renderPage(sample({ [part]: asked[part] })).includes('dante, idle: ECONNRESET'), part);
  }
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
    summary: { ...results.summary, loads: [...results.summary.loads, { ...results.summary.loads[0], workers: 2 }] },
  };
  for (const { attributes, text } of plots(renderPage(twice))) {
    if (attributes.includes('Context switches')) continue;
    assert.ok(
      text.includes('tcproute-uring ×1:') && text.includes('tcproute-uring ×2:') && text.includes(`${BASELINE}:`),
    );
  }
});
