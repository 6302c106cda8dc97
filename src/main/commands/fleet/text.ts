// The screen of `tcproute fleet`: the engine, what came of sharing, and the gateways of the site, as lines of text for a width. Pure.
import type { Part } from '../admin/part.js';
import { ageText, bytesText, counted, shareText, tookText, UNKNOWN } from '../drawing/figures.js';
import { type Column, tableLines } from '../drawing/table.js';
import { clipped } from '../drawing/width.js';

const INDENT = '  ';
/** Whether the gateway shares with others. */
export const isShared = (fleet: Part): boolean => fleet.has('site');

/** Whether the engine can be used, and refuses nothing. */
export function isUp(fleet: Part): boolean {
  const engine = fleet.part('engine');
  return engine.text('state') === 'up' && engine.text('fault') === undefined;
}

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

/** Where a place is not the one that `share.url` names. */
const KINDS: Readonly<Record<string, string>> = {
  sentinel: ' (named by a sentinel)',
  cluster: ' (a node of the cluster)',
};

function engineLines(engine: Part): readonly string[] {
  const state = `${engine.text('state') ?? UNKNOWN} for ${ageText(engine.number('for_ms'))}`;
  const server = engine.text('server');
  const detail = engine.text('detail') ?? engine.text('fault');
  return [
    `${state}: ${server === undefined ? '' : `${server} `}at ${engine.text('place') ?? UNKNOWN}${KINDS[engine.text('kind') ?? ''] ?? ''}`,
    ...(detail === undefined ? [] : [detail]),
    [
      `${counted(engine.number('round_trips') ?? 0, 'round trip')} of ${tookText(meanOf(engine.part('times')))}`,
      counted(engine.number('commands') ?? 0, 'command'),
      `${bytesText(engine.number('bytes_sent'))} sent`,
      `${bytesText(engine.number('bytes_received'))} received`,
    ].join(', '),
    `questions: ${count(engine, 'dropped')} not sent, ${count(engine, 'late')} not answered in time`,
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
      `${count(routes, 'found')} found${shareBehind(ratio(routes, 'found', 'asked'))}`,
      `${missed} missed`,
      `${count(routes, 'dropped')} not asked for in time`,
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
    `${count(hints, 'useful')} useful${shareBehind(ratio(hints, 'useful', 'first'))}`,
  ].join(', '),
];

const shareBehind = (share: number | undefined): string => (share === undefined ? '' : ` (${shareText(share)})`);

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
  return tableLines(COLUMNS, gateways, width);
}

/** What else gateways count is in the JSON and in the dashboard. */
const COLUMNS: readonly Column<Part>[] = [
  { heading: 'gateway', of: nameText, least: 12 },
  { heading: 'version', of: (row) => row.text('version') ?? UNKNOWN, leave: 2 },
  { heading: 'up', of: (row) => secondsText(upOf(row)), side: 'right' },
  { heading: 'open', of: (row) => count(row, 'open'), side: 'right' },
  { heading: 'since start', of: (row) => count(row.part('counts'), 'connections'), side: 'right', leave: 3 },
  { heading: 'useful hints', of: (row) => count(row.part('counts'), 'hints_useful'), side: 'right', leave: 4 },
  { heading: 'lines up', of: linesText, side: 'right', leave: 1 },
  {
    heading: 'heard of',
    of: (row) => (row.is('is_present') ? `${secondsText(row.number('age_ms'))} ago` : 'away'),
  },
];

/** What a gateway told of itself is older by its age. */
function upOf(row: Part): number | undefined {
  const uptime_s = row.number('uptime_s');
  return uptime_s === undefined ? undefined : uptime_s * 1000 + (row.number('age_ms') ?? 0);
}

const secondsText = (ms: number | undefined): string =>
  ms === undefined || ms >= 2000 ? ageText(ms) : `${Math.floor(Math.max(0, ms) / 1000)} s`;

function linesText(row: Part): string {
  return row.has('lines') ? `${count(row, 'lines_up')} of ${count(row, 'lines')}` : UNKNOWN;
}

function nameText(row: Part): string {
  const marks = [...(row.is('is_own') ? ['this one'] : []), ...(row.is('is_known') ? [] : ['not in share.gateways'])];
  const name = row.text('name') ?? UNKNOWN;
  return marks.length === 0 ? name : `${name} (${marks.join(', ')})`;
}
