// The screen of `tcproute fleet`: the engine, what came of sharing, and the gateways of the site, as lines of text for a width. Pure.
import type { Part } from '../admin/part.js';
import { ageText, bytesText, counted, shareText, tookText, UNKNOWN } from '../drawing/figures.js';
import { type Column, tableLines } from '../drawing/table.js';
import { clipped } from '../drawing/width.js';

const INDENT = '  ';
/** Of what gateways count: what a later version counts beyond that is in the JSON. */
const COUNTS_MAX = 8;

/** Whether the gateway shares with others. */
export const isShared = (fleet: Part): boolean => fleet.has('site');

/** Whether the engine can be used. */
export const isUp = (fleet: Part): boolean => fleet.part('engine').text('state') === 'up';

/** `fleet`: of a gateway that shares. */
export function fleetText(fleet: Part, width: number): readonly string[] {
  const gateways = fleet.has('gateways') ? fleet.parts('gateways') : undefined;
  const text = [
    titleOf(fleet, gateways),
    '',
    ...block('engine', engineLines(fleet.part('engine'))),
    ...block('routes', fleet.has('routes') ? routesLines(fleet.part('routes')) : []),
    ...block('hints', fleet.has('hints') ? hintsLines(fleet.part('hints')) : []),
    ...block('news', fleet.has('news') ? newsLines(fleet.part('news')) : []),
    ...block('limits', fleet.has('limits') ? limitsLines(fleet.part('limits')) : []),
    ...block('gateways', gatewaysLines(gateways, width - INDENT.length)),
  ];
  return text.map((line) => clipped(line, width));
}

const block = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => INDENT + line)];

function titleOf(fleet: Part, gateways: readonly Part[] | undefined): string {
  const who = `site ${fleet.text('site') ?? UNKNOWN}, gateway ${fleet.text('gateway') ?? UNKNOWN}`;
  if (gateways === undefined) return `${who}: what other gateways there are is not known`;
  const present = gateways.filter((one) => one.is('is_present')).length;
  return `${who}: ${present} of ${counted(gateways.length, 'gateway')} present`;
}

function engineLines(engine: Part): readonly string[] {
  const state = `${engine.text('state') ?? UNKNOWN} for ${ageText(engine.number('for_ms'))}`;
  const server = engine.text('server');
  const detail = engine.text('detail') ?? engine.text('fault');
  return [
    `${state}: ${server === undefined ? '' : `${server}, `}${engine.text('kind') ?? UNKNOWN} at ${engine.text('place') ?? UNKNOWN}`,
    ...(detail === undefined ? [] : [detail]),
    [
      `${counted(engine.number('round_trips') ?? 0, 'round trip')} of ${tookText(meanOf(engine.part('times')))}`,
      counted(engine.number('commands') ?? 0, 'command'),
      `${bytesText(engine.number('bytes_sent'))} sent`,
      `${bytesText(engine.number('bytes_received'))} received`,
    ].join(', '),
    `questions: ${count(engine, 'dropped')} dropped, ${count(engine, 'late')} late`,
    `writes: ${count(engine, 'writes_waiting')} waiting, ${count(engine, 'writes_dropped')} dropped`,
    ...listed('faults', engine, 'faults'),
  ];
}

function meanOf(times: Part): number | undefined {
  const [sum_ms, all] = [times.number('sum_ms'), times.number('count')];
  return sum_ms === undefined || all === undefined || all === 0 ? undefined : sum_ms / all;
}

function routesLines(routes: Part): readonly string[] {
  const missed = (routes.number('missed') ?? 0) + (routes.number('missed_known') ?? 0);
  return [
    [
      `${count(routes, 'asked')} asked`,
      `${count(routes, 'found')} found (${shareText(ratio(routes, 'found', 'asked'))})`,
      `${missed} missed`,
      `${count(routes, 'dropped')} dropped`,
      `${count(routes, 'unanswered')} unanswered`,
    ].join(', '),
    `${count(routes, 'written')} written, ${count(routes, 'refused')} of others refused`,
  ];
}

const hintsLines = (hints: Part): readonly string[] => [
  [
    `${count(hints, 'asked')} asked`,
    `${count(hints, 'told')} told`,
    `${count(hints, 'too_late')} too late`,
    `${count(hints, 'first')} first choice`,
    `${count(hints, 'useful')} useful (${shareText(ratio(hints, 'useful', 'first'))})`,
  ].join(', '),
];

function ratio(part: Part, some: string, all: string): number | undefined {
  const [one, whole] = [part.number(some), part.number(all)];
  return one === undefined || whole === undefined || whole === 0 ? undefined : one / whole;
}

function newsLines(news: Part): readonly string[] {
  const age_ms = news.number('read_age_ms');
  const last = age_ms === undefined ? 'not read yet' : `last read ${ageText(age_ms)} ago`;
  return [
    `${count(news, 'told')} told, ${last}`,
    ...listed('believed', news, 'read'),
    ...listed('refused', news, 'refused'),
  ];
}

function limitsLines(limits: Part): readonly string[] {
  const held = `${counted(limits.number('leases') ?? 0, 'lease')} held`;
  return [
    [
      held,
      `${count(limits, 'claimed')} claimed`,
      `${count(limits, 'refused')} refused`,
      `${count(limits, 'unanswered')} unanswered`,
    ].join(', '),
    ...(limits.is('is_lost')
      ? [`the leases have run out: share.on_loss holds, "${limits.text('on_loss') ?? UNKNOWN}"`]
      : []),
  ];
}

const count = (part: Part, key: string): string => String(part.number(key) ?? UNKNOWN);

/** Such as `refused: bad-signature 3, replay 1`; nothing where there is none. */
function listed(word: string, part: Part, key: string): readonly string[] {
  const counts = part.part(key);
  const some = counts.entries().flatMap(([name]) => {
    const value = counts.number(name) ?? 0;
    return value === 0 ? [] : [`${name} ${value}`];
  });
  return some.length === 0 ? [] : [`${word}: ${some.join(', ')}`];
}

function gatewaysLines(gateways: readonly Part[] | undefined, width: number): readonly string[] {
  if (gateways === undefined) return ['the engine does not answer'];
  if (gateways.length === 0) return ['none has told of itself'];
  const names = new Set(
    gateways.flatMap((one) =>
      one
        .part('counts')
        .entries()
        .map(([name]) => name),
    ),
  );
  const counts = [...names].slice(0, COUNTS_MAX).map(
    (name, place): Column<Part> => ({
      heading: name.replaceAll('_', ' '),
      of: (row) => count(row.part('counts'), name),
      side: 'right',
      leave: place + 1,
    }),
  );
  return tableLines([...COLUMNS, ...counts], gateways, width);
}

const COLUMNS: readonly Column<Part>[] = [
  { heading: 'gateway', of: nameText, least: 12 },
  { heading: 'version', of: (row) => row.text('version') ?? UNKNOWN },
  { heading: 'up', of: (row) => ageText(millis(row.number('uptime_s'))), side: 'right' },
  { heading: 'open', of: (row) => count(row, 'open'), side: 'right' },
  { heading: 'lines up', of: linesText, side: 'right', leave: COUNTS_MAX + 1 },
  { heading: 'heard of', of: (row) => (row.is('is_present') ? `${ageText(row.number('age_ms'))} ago` : 'away') },
];

function linesText(row: Part): string {
  return row.has('lines') ? `${count(row, 'lines_up')} of ${count(row, 'lines')}` : UNKNOWN;
}

const millis = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : seconds * 1000;

function nameText(row: Part): string {
  const marks = [...(row.is('is_own') ? ['this one'] : []), ...(row.is('is_known') ? [] : ['not in share.gateways'])];
  const name = row.text('name') ?? UNKNOWN;
  return marks.length === 0 ? name : `${name} (${marks.join(', ')})`;
}
