// Scrapes by several clients at the same time, and scrapes that fail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Scrapes } from '../../../../src/workers/admin/metrics/scrapes.js';
import { scrapeReadings } from '../../../helpers/scrape-readings.js';

test('who asks while a scrape is being made gets the next one, together with all others that wait', async () => {
  let looks = 0;
  let go = (): void => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const scrapes = new Scrapes(async () => {
    looks += 1;
    await gate;
    return { ...scrapeReadings(), connections_max: looks };
  });
  const first = scrapes.of('text');
  await new Promise(setImmediate);
  const later = Array.from({ length: 50 }, (_, index) => scrapes.of(index % 2 === 0 ? 'text' : 'openmetrics'));
  go();
  const shown = async (scrape: Promise<{ readonly text: string }>) =>
    /^tcproute_connections_max (\d+)$/m.exec((await scrape).text)?.[1];
  assert.equal(await shown(first), '1');
  const seen = await Promise.all(later.map(shown));
  assert.deepEqual(new Set(seen.filter((_, index) => index % 2 === 0)), new Set(['2']));
  assert.deepEqual(new Set(seen.filter((_, index) => index % 2 === 1)), new Set(['3']));
  assert.equal(looks, 3);
});

test('a scrape that fails fails for those that wait for it, and the next one is made as if nothing had been', async () => {
  let isFirst = true;
  const scrapes = new Scrapes(async () => {
    if (!isFirst) return scrapeReadings();
    isFirst = false;
    throw new Error('a bug');
  });
  const first = scrapes.of('text');
  await assert.rejects(first, /a bug/);
  assert.match((await scrapes.of('text')).text, /^tcproute_build_info/m);
});
