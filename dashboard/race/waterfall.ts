// Draws a race as a waterfall: a row for each attempt, with what happened when. A bar's shape tells as much as its colour, and each
// row says the same in words.
import type { Attempt, Race } from '../api/shapes.js';
import { type Child, el, svg } from '../dom/element.js';
import { codeText, text } from '../text/language.js';
import { duration } from '../values/format.js';
import { badge } from '../view/view.js';
import { type Bar, type Outcome, type Row, rescuedFrom, type Stretch, waterfallOf } from './geometry.js';

const HEIGHT = 22;
/** What went before the first attempt is shown from here on. */
const SEEN_MS = 0.05;
const BAR: Readonly<Record<Stretch, { readonly y: number; readonly height: number }>> = {
  connect: { y: 5, height: 12 },
  wait: { y: 10, height: 2 },
  ask: { y: 5, height: 12 },
};

export function waterfall(race: Race, isName: boolean): HTMLElement {
  const { rows, before_ms, before, ticks } = waterfallOf(race);
  const saved = rescuedFrom(race);
  const axis = svg(
    'svg',
    { class: 'axis', width: '100%', height: HEIGHT, 'aria-hidden': 'true' },
    ...ticks.map(({ at, ms }) =>
      svg('text', { x: `${at}%`, y: 15, 'text-anchor': at === 0 ? 'start' : 'middle' }, duration(ms).replace('.0', '')),
    ),
  );
  const lines = (): Child[] =>
    ticks.map(({ at }) => svg('line', { class: 'tick', x1: `${at}%`, x2: `${at}%`, y1: 0, y2: '100%' }));
  const drawn = (...marks: readonly Child[]): SVGElement =>
    svg('svg', { class: 'lane', width: '100%', height: HEIGHT, 'aria-hidden': 'true' }, ...lines(), ...marks);
  const preparation = el(
    'tr',
    { class: 'before' },
    el('th', { scope: 'row' }, isName ? text('race-lookup') : text('race-before')),
    el(
      'td',
      { class: 'bars' },
      drawn(svg('rect', { class: 'bar lookup', x: 0, y: 5, height: 12, width: `${Math.max(before, 0.6)}%` })),
    ),
    el('td', { class: 'told' }, duration(before_ms)),
  );
  return el(
    'figure',
    { class: 'waterfall' },
    el(
      'table',
      {},
      el('caption', { class: 'unseen' }, text('race-caption')),
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          el('th', { scope: 'col' }, text('line')),
          el('th', { scope: 'col', class: 'bars' }, el('span', { class: 'unseen' }, text('race-course')), axis),
          el('th', { scope: 'col' }, text('race-outcome')),
        ),
      ),
      el(
        'tbody',
        {},
        before_ms >= SEEN_MS && preparation,
        ...rows.map((row) => rowOf(row, row.attempt === saved, saved !== undefined, drawn)),
      ),
    ),
    legend(),
  );
}

function rowOf(
  { attempt, bars, outcome, end }: Row,
  isSaved: boolean,
  isRescue: boolean,
  drawn: (...marks: readonly Child[]) => SVGElement,
): HTMLElement {
  const badges = [
    outcome === 'won' && badge('good', isRescue ? text('won-rescue') : text('won')),
    isSaved && badge('bad', text('race-silent')),
    attempt.trial && badge('plain', text('trial')),
    attempt.remembered && badge('plain', text('remembered')),
  ].filter((one) => one instanceof HTMLElement);
  return el(
    'tr',
    { class: `attempt ${outcome}` },
    el(
      'th',
      { scope: 'row' },
      el('span', { class: 'line-name' }, attempt.line),
      el('span', { class: 'address' }, attempt.address),
    ),
    el('td', { class: 'bars' }, drawn(...bars.map((bar) => barOf(bar, outcome)), mark(outcome, end))),
    el('td', { class: 'told' }, ...badges.flatMap((one) => [one, ' ']), el('span', {}, storyOf(attempt, outcome))),
  );
}

const barOf = ({ stretch, from, width }: Bar, outcome: Outcome): SVGElement =>
  svg('rect', {
    class: `bar ${stretch} ${outcome}`,
    x: `${from}%`,
    width: `${width}%`,
    rx: stretch === 'wait' ? 0 : 2,
    ...BAR[stretch],
  });

/** A disc with a tick for the winner, a cross for what failed, a ring for what was given up. */
function mark(outcome: Outcome, end: number): SVGElement | undefined {
  if (outcome === 'open') return undefined;
  // Coordinates within cannot be in parts of a hundred, so the mark is an image of its own that stands there.
  const shape =
    outcome === 'won'
      ? [svg('circle', { cx: 8, cy: 8, r: 7 }), svg('path', { d: 'M4.8 8.3l2.2 2.300l4.300-4.700' })]
      : outcome === 'failed'
        ? [svg('path', { d: 'M4 4l8 8M12 4l-8 8' })]
        : [svg('circle', { cx: 8, cy: 8, r: 4.5 })];
  return svg(
    'svg',
    { class: `mark ${outcome}`, x: `${end}%`, y: 3, width: 16, height: 16, overflow: 'visible' },
    svg('g', { transform: 'translate(-8 0)' }, ...shape),
  );
}

/** The times of an attempt, and what became of it. */
function storyOf(
  { started_ms, connected_ms, asked_ms, answered_ms, ended_ms, result, detail }: Attempt,
  outcome: Outcome,
): string {
  const parts: string[] = [];
  if (connected_ms !== undefined) parts.push(text('told-connected', { ms: duration(connected_ms - started_ms) }));
  if (answered_ms !== undefined)
    parts.push(text('told-answered', { ms: duration(answered_ms - (asked_ms ?? connected_ms ?? started_ms)) }));
  if (outcome === 'open') parts.push(text('told-open'));
  else if (outcome !== 'won' && result !== undefined) {
    const why = codeText(result);
    parts.push(detail === undefined ? why : `${why} (${detail})`);
    if (ended_ms !== undefined) parts.push(text('told-after', { ms: duration(ended_ms - started_ms) }));
  }
  return parts.join(' · ');
}

function legend(): HTMLElement {
  const sample = (...marks: readonly Child[]): SVGElement =>
    svg('svg', { width: 30, height: HEIGHT, 'aria-hidden': 'true' }, ...marks);
  const bar = (stretch: Stretch): SVGElement =>
    sample(
      svg('rect', {
        class: `bar ${stretch} given-up`,
        x: 1,
        width: 28,
        rx: stretch === 'wait' ? 0 : 2,
        ...BAR[stretch],
      }),
    );
  const end = (outcome: Outcome): SVGElement => sample(mark(outcome, 50));
  return el(
    'figcaption',
    { class: 'legend' },
    el('span', {}, bar('connect'), text('legend-connect')),
    el('span', {}, bar('wait'), text('legend-wait')),
    el('span', {}, bar('ask'), text('legend-ask')),
    el('span', {}, end('won'), text('legend-won')),
    el('span', {}, end('failed'), text('legend-failed')),
    el('span', {}, end('given-up'), text('legend-given-up')),
  );
}
