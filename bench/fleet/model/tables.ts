// The figures of models as text: a row for each size of a site.
import { type ColumnOf, formatColumns } from '../../tables/columns.js';
import { LOOK_REPLY, OK_OCTETS, PRESENCE_OCTETS } from './octets.js';
import { LOOK, type OutageFigures, type OutageParameters } from './outage-run.js';
import type { FleetParameters } from './parameters.js';
import type { RoutesFigures } from './routes-run.js';

export interface RoutesRow {
  readonly parameters: FleetParameters;
  readonly figures: RoutesFigures;
}

export interface OutageRow {
  readonly parameters: OutageParameters;
  readonly figures: OutageFigures;
}

const PRESENCE_EACH_S = 10;
const fixed = (digits: number, value: number): string => (Number.isFinite(value) ? value.toFixed(digits) : '-');
const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((part / whole) * 100).toFixed(1)} %`);
const kib = (octets: number): string => fixed(1, octets / 1024);
const mib = (octets: number): string => fixed(2, octets / 2 ** 20);
const seconds = (ms: number): string => fixed(1, ms / 1000);
const perSecond = ({ parameters }: RoutesRow, count: number): number => count / parameters.measured_s;
/** What gateways ask and hear each second whether there is anything or not: for news, and that they are there. */
export function constantsOf({ shared, gateways }: FleetParameters) {
  const of = (each: number, presence: number): number => (shared ? gateways * (each + presence / PRESENCE_EACH_S) : 0);
  return {
    ...{ roundTrips: of(LOOK.roundTrips, 1), commands: of(LOOK.commands, 1) },
    ...{ octetsIn: of(LOOK.octets, PRESENCE_OCTETS), octetsOut: of(LOOK_REPLY, OK_OCTETS) },
  };
}

const ROUTES: readonly ColumnOf<RoutesRow>[] = [
  ['gateways', ({ parameters }) => `${parameters.gateways}`],
  ['', ({ parameters }) => kindOf(parameters), 'left'],
  ['first contacts', ({ figures }) => percent(figures.firstContacts, figures.connections)],
  ['hint found', ({ figures }) => percent(figures.found, figures.firstContacts)],
  ['useful', ({ figures }) => percent(figures.useful, figures.firstContacts)],
  ['misled', ({ figures }) => percent(figures.misled, figures.firstContacts)],
  ['dials', ({ figures }) => fixed(2, figures.dials / figures.firstContacts)],
  ['first byte ms', ({ figures }) => fixed(0, figures.firstByte_ms / figures.firstContacts)],
  [
    'commands/s',
    (row) => fixed(0, perSecond(row, row.figures.traffic.commands) + constantsOf(row.parameters).commands),
  ],
  [
    'round trips/s',
    (row) => fixed(0, perSecond(row, row.figures.traffic.roundTrips) + constantsOf(row.parameters).roundTrips),
  ],
  ['writes/s', (row) => fixed(1, perSecond(row, row.figures.traffic.written))],
  ['in KiB/s', (row) => kib(perSecond(row, row.figures.traffic.octetsIn) + constantsOf(row.parameters).octetsIn)],
  ['out KiB/s', (row) => kib(perSecond(row, row.figures.traffic.octetsOut) + constantsOf(row.parameters).octetsOut)],
  ['keys', ({ figures }) => `${figures.keys}`],
  ['engine MiB', ({ figures }) => mib(figures.octets)],
];

function kindOf({ shared, poisoned }: FleetParameters): string {
  if (!shared) return 'alone';
  return poisoned === 0 ? 'shared' : `${poisoned} of 3 slots poisoned`;
}

const OUTAGE: readonly ColumnOf<OutageRow>[] = [
  ['gateways', ({ parameters }) => `${parameters.gateways}`],
  ['told by', ({ parameters }) => (parameters.news === 'none' ? 'none' : parameters.news), 'left'],
  ['half know s', ({ figures }) => seconds(figures.half_ms)],
  ['nine of ten s', ({ figures }) => seconds(figures.most_ms)],
  ['99 % s', ({ figures }) => seconds(figures.nearlyAll_ms)],
  ['slow first contacts', ({ figures }) => percent(figures.slow, figures.firstContacts)],
  ['messages', ({ figures }) => `${figures.told}`],
  ['most read at once', ({ figures }) => `${figures.readMax}`],
  ['out MiB', ({ figures }) => mib(figures.octets)],
  ['worst second KiB', ({ figures }) => kib(figures.octetsMax)],
  ['over after s', ({ figures }) => seconds(figures.over_ms)],
];

export function formatRoutes(rows: readonly RoutesRow[]): string {
  const [first] = rows;
  if (first === undefined) return '';
  const { rate, destinations, exponent, lines, ttl_s, mute, measured_s } = first.parameters;
  return [
    `routes, simulated: ${rate} connections/s of each gateway to ${destinations} destinations (Zipf ${exponent}) over ${lines} lines, ` +
      `${mute * 100} % with a silent usual winner; remembered ${ttl_s} s; ${measured_s} s counted; with the looks for news and presence`,
    formatColumns(rows, ROUTES),
    '',
  ].join('\n');
}

export function formatOutage(rows: readonly OutageRow[]): string {
  const [first] = rows;
  if (first === undefined) return '';
  const { quiet, busy, outage_s } = first.parameters;
  return [
    `a line fails for ${outage_s} s, simulated: ${quiet} to ${busy} connections/s of each gateway over it; ` +
      'news are told by none, by few (as gateways do), or by all; - where it takes longer than the outage',
    formatColumns(rows, OUTAGE),
    '',
  ].join('\n');
}
