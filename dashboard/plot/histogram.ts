// A histogram of times as small bars, and what it says in words: the times below which half and 95 of a hundred are.
import { el, svg } from '../dom/element.js';
import { text } from '../text/language.js';
import { duration, whole } from '../values/format.js';
import { type Bucket, quantile } from './quantile.js';

const HEIGHT = 44;

export function histogram(name: string, buckets: readonly Bucket[], isSmall = false): HTMLElement {
  const all = buckets.reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return el('span', { class: 'faint' }, isSmall ? '–' : text('no-times'));
  const most = Math.max(...buckets.map(({ count }) => count));
  const step = 100 / buckets.length;
  const height = isSmall ? 20 : HEIGHT;
  const bars = buckets.map(({ count }, index) => {
    const tall = count === 0 ? 1 : Math.max(2, (count / most) * (height - 1));
    return svg('rect', {
      class: count === 0 ? 'no-count' : 'count',
      x: `${index * step}%`,
      width: `${step * 0.82}%`,
      y: height - tall,
      height: tall,
    });
  });
  const half = duration(quantile(buckets, 0.5));
  const most95 = duration(quantile(buckets, 0.95));
  const image = svg('svg', { class: 'histogram', width: '100%', height, 'aria-hidden': 'true' }, ...bars);
  if (isSmall) return el('span', { class: 'small-histogram' }, image, el('span', {}, half));
  const ends = el(
    'p',
    { class: 'ends', 'aria-hidden': 'true' },
    el('span', {}, duration(buckets[0]?.le_ms ?? 0)),
    el('span', {}, lastOf(buckets)),
  );
  const told = el('p', { class: 'quantiles' }, text('quantiles', { half, most: most95, count: whole(all) }));
  return el('figure', { class: 'times' }, el('figcaption', {}, name), image, ends, told);
}

function lastOf(buckets: readonly Bucket[]): string {
  const bounds = buckets.flatMap(({ le_ms }) => (le_ms === null ? [] : [le_ms]));
  return `>${duration(bounds.at(-1) ?? 0)}`;
}
