// All metrics as clients get them: valid by promtool and by the rules of OpenMetrics, and each with a value.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { FAMILIES } from '../../../../src/workers/admin/metrics/families/all.js';
import { Scrapes } from '../../../../src/workers/admin/metrics/scrapes.js';
import { whyNoPrometheus } from '../../../helpers/prometheus.js';
import { scrapeReadings } from '../../../helpers/scrape-readings.js';

const scrapes = new Scrapes(async () => scrapeReadings());

test('promtool finds nothing to object to, also in the metrics that prom-client brings', {
  skip: whyNoPrometheus() ?? false,
}, async () => {
  const { text: input } = await scrapes.of('text');
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
  assert.deepEqual([status, stdout, stderr], [0, '', '']);
});

test('each family has a value, and its labels in their order', async () => {
  const { text } = await scrapes.of('text');
  const lines = text.split('\n');
  for (const { name, kind, labels } of FAMILIES) {
    const first = kind === 'histogram' ? `${name}_count` : name;
    const pattern = labels.length === 0 ? '' : `\\{${labels.map((label) => `${label}="[^"]+"`).join(',')}\\}`;
    assert.ok(
      lines.some((line) => new RegExp(`^${first}${pattern} [0-9.]+$`).test(line)),
      `no ${first} with ${labels.join()}`,
    );
  }
});

test('names have a unit at the end, and counters _total', () => {
  for (const { name, kind } of FAMILIES) {
    assert.match(name, /^tcproute_[a-z_]+$/);
    assert.equal(name.endsWith('_total'), kind === 'counter', name);
    if (kind === 'histogram') assert.match(name, /_seconds$/);
    assert.doesNotMatch(name, /_ms$|_millis/);
  }
  assert.equal(new Set(FAMILIES.map(({ name }) => name)).size, FAMILIES.length);
});

test('the metrics of the process that dashboards know are there', async () => {
  const { text } = await scrapes.of('text');
  for (const name of [
    ...['process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_start_time_seconds'],
    ...['process_open_fds', 'process_max_fds', 'nodejs_heap_size_used_bytes', 'nodejs_eventloop_lag_seconds'],
  ]) {
    assert.match(text, new RegExp(`^${name} [0-9.e+]+$`, 'm'));
  }
  assert.match(text, /^nodejs_version_info\{version="v/m);
});

/** A sample: its name, its labels, and its number. */
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)$/;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total'],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
};

test('OpenMetrics: each sample stands below its family with the ending of its type, no series twice, EOF last', async () => {
  const { text } = await scrapes.of('openmetrics');
  const lines = text.split('\n');
  assert.deepEqual(lines.splice(-2), ['# EOF', '']);
  const families = new Set<string>();
  const series = new Set<string>();
  let [family, type] = ['', ''];
  for (const line of lines) {
    const help = /^# HELP (\S+) ./.exec(line);
    const typed = /^# TYPE (\S+) (\S+)$/.exec(line);
    if (help !== null) {
      family = help[1];
      assert.ok(!families.has(family), `${family} twice`);
      families.add(family);
    } else if (typed !== null) {
      assert.equal(typed[1], family);
      type = typed[2];
    } else {
      const [, name, labels = '', value] = SAMPLE.exec(line) ?? assert.fail(`no sample: ${line}`);
      assert.ok(
        SUFFIXES[type].some((suffix) => name === `${family}${suffix}`),
        `${line} below ${type} ${family}`,
      );
      assert.ok(!series.has(`${name}{${labels}`), `${line} twice`);
      series.add(`${name}{${labels}`);
      assert.ok(Number.isFinite(Number(value)), line);
    }
  }
  assert.equal(
    FAMILIES.filter(({ name, kind }) => !families.has(kind === 'counter' ? name.slice(0, -6) : name)).length,
    0,
  );
});
