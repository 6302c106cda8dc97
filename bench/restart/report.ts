// The trials as text, and what fails the run. Pure.
import { type ColumnOf, formatColumns, mibOf, SUBJECT } from '../tables/columns.js';
import type { MixOutcome } from './load/messages.js';
import type { Change } from './subjects/subject.js';
import type { Changed, Trial } from './trial.js';

interface Row {
  readonly subject: string;
  readonly workers: number;
  readonly course: Exclude<Trial['course'], string>;
}

const ms = (value: number): string => (Number.isFinite(value) ? value.toFixed(value < 10 ? 1 : 0) : '-');

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
const begunIn = ({ kinds }: MixOutcome): number => sum(kinds.map(({ begun }) => begun));
const lostIn = ({ kinds }: MixOutcome): number => sum(kinds.flatMap(({ lost }) => Object.values(lost)));

/** The median and the longest time of the changes of a kind. */
function timesOf(changes: readonly Changed[], wanted: Change): string {
  const times = changes
    .filter(({ kind }) => kind === wanted)
    .map((change) => change.ms)
    .sort((one, other) => one - other);
  return times.length === 0 ? '-' : `${ms(times[times.length >> 1])} / ${ms(times[times.length - 1])}`;
}

const COLUMNS: readonly ColumnOf<Row>[] = [
  SUBJECT,
  ['connections', ({ course: { outcome } }) => String(begunIn(outcome))],
  ['lost', ({ course: { outcome } }) => String(lostIn(outcome))],
  ['per second', ({ course: { outcome } }) => (begunIn(outcome) / (outcome.elapsed_ms / 1000)).toFixed(0)],
  ['calm p50 ms', ({ course: { outcome } }) => ms(outcome.calm.p50)],
  ['p99', ({ course: { outcome } }) => ms(outcome.calm.p99)],
  ['changing p50 ms', ({ course: { outcome } }) => ms(outcome.changing.p50)],
  ['p99', ({ course: { outcome } }) => ms(outcome.changing.p99)],
  ['max', ({ course: { outcome } }) => ms(outcome.changing.max)],
  ['CPU µs each', ({ course: { outcome, taken } }) => (taken.cpu_us / begunIn(outcome)).toFixed(0)],
  ['peak MiB', ({ course: { taken } }) => mibOf(taken.peak_kib).toFixed(0)],
  ['processes', ({ course: { taken } }) => String(taken.processes)],
  ['upgrade ms', ({ course: { changes } }) => timesOf(changes, 'upgrade')],
  ['reload ms', ({ course: { changes } }) => timesOf(changes, 'reload')],
];

const NOTE =
  'calm, changing: time from when a short connection was due until its echo was complete, while nothing changed, and from a\n' +
  'change until a second after it; upgrade, reload: median / longest; peak MiB: PSS of all processes at one time\n';

export function formatTrials(trials: readonly Trial[]): string {
  const rows = trials.filter((trial): trial is Trial & Row => typeof trial.course !== 'string');
  return `${NOTE}${formatColumns(rows, COLUMNS)}\n${rows.map(formatLosses).join('')}`;
}

/** What was lost, by what the client was doing. */
function formatLosses({ subject, course: { outcome } }: Row): string {
  return outcome.kinds
    .flatMap(({ kind, lost }) => Object.entries(lost).map(([cause, count]) => ({ kind, cause, count })))
    .map(({ kind, cause, count }) => `${subject}: ${count} × ${kind}: ${cause}\n`)
    .join('');
}

/** What was not as it should be, a line for each. `expected`: changes. */
export function failuresOf({ subject, course }: Trial, expected: number): string[] {
  if (typeof course === 'string') return [`${subject}: ${course}`];
  const { outcome, changes, wrong } = course;
  const lost = lostIn(outcome);
  return [
    ...(lost > 0 ? [`${subject}: ${lost} connections were lost`] : []),
    ...(changes.length < expected ? [`${subject}: ${changes.length} of ${expected} changes were made`] : []),
    ...wrong.map((what) => `${subject}: ${what}`),
  ];
}
