// The figures that the gateway is meant to reach, mostly relative to a program that does the same work. Data and their words
// only: report/verdicts.ts judges them.

/** A median in its own unit. `start`, `base`, `rest` and `wakes` belong to the base section, with two connection actors. */
export type TargetFigure = 'cpu' | 'rate' | 'p50' | 'p99' | 'memory' | 'start' | 'base' | 'rest' | 'wakes';

/** `plus`: a load whose figure is added. */
interface Reference {
  readonly load?: string;
  readonly subject?: string;
  readonly plus?: string;
}

export interface Target {
  /** Names of loads or comparisons, or the base section. */
  readonly loads: readonly string[];
  readonly subjects: readonly string[];
  readonly figure: TargetFigure;
  readonly bound: 'at most' | 'at least';
  /** A multiple of the figure named by `of`, or an amount in `unit` where `of` is undefined. */
  readonly limit: number;
  readonly unit?: string;
  /** The load and subject to compare with; a missing one is the row's own. `without` is the other side of a comparison. */
  readonly of?: Reference | 'without';
}

/** A plain Node process with a timer, beside which the base section measures subjects at rest. */
export const NODE_TIMER = 'node-timer';

const URING = ['tcproute-uring'];
const EPOLL = ['tcproute-epoll'];
const BOTH = [...URING, ...EPOLL];
const CONNECT = ['connect-ip', 'connect-name'];
const BULK = ['bulk-4', 'bulk-64'];
const CLOSED = ['closed-1', 'closed-4', 'closed-16'];
const OPEN = ['open-200', 'open-1000', 'open-3000'];
const GROWTH = ['growth-idle', 'growth-routes'];

export const TARGETS: readonly Target[] = [
  { loads: CONNECT, subjects: URING, figure: 'cpu', bound: 'at most', limit: 0.7, of: { subject: 'microsocks' } },
  // A bare forward gets no names: whatever the client asks for, its connections cost what they cost in connect-ip.
  // The handshake is one round trip more.
  {
    loads: CONNECT,
    subjects: URING,
    figure: 'cpu',
    bound: 'at most',
    limit: 1.15,
    of: { subject: 'haproxy', load: 'connect-ip', plus: 'ping-64' },
  },
  { loads: CONNECT, subjects: EPOLL, figure: 'cpu', bound: 'at most', limit: 0.8, of: { subject: 'microsocks' } },
  { loads: ['ping-64'], subjects: BOTH, figure: 'cpu', bound: 'at most', limit: 0.55, of: { subject: 'microsocks' } },
  { loads: ['ping-64'], subjects: BOTH, figure: 'cpu', bound: 'at most', limit: 0.95, of: { subject: 'haproxy' } },
  { loads: CONNECT, subjects: BOTH, figure: 'p99', bound: 'at most', limit: 1, of: { subject: 'microsocks' } },
  { loads: CLOSED, subjects: BOTH, figure: 'rate', bound: 'at least', limit: 1, of: { subject: 'microsocks' } },
  { loads: CLOSED, subjects: BOTH, figure: 'p50', bound: 'at most', limit: 1, of: { subject: 'microsocks' } },
  { loads: CLOSED, subjects: BOTH, figure: 'p99', bound: 'at most', limit: 1, of: { subject: 'microsocks' } },
  { loads: OPEN, subjects: BOTH, figure: 'p50', bound: 'at most', limit: 1, of: { subject: 'microsocks' } },
  { loads: OPEN, subjects: BOTH, figure: 'p99', bound: 'at most', limit: 1.1, of: { subject: 'microsocks' } },
  { loads: ['open-200'], subjects: BOTH, figure: 'cpu', bound: 'at most', limit: 1, of: { subject: 'microsocks' } },
  { loads: ['open-1000'], subjects: BOTH, figure: 'cpu', bound: 'at most', limit: 0.9, of: { subject: 'microsocks' } },
  { loads: ['open-3000'], subjects: BOTH, figure: 'cpu', bound: 'at most', limit: 0.75, of: { subject: 'microsocks' } },
  // No `at least`: to be faster is no failure.
  { loads: ['ping-1'], subjects: BOTH, figure: 'p50', bound: 'at most', limit: 1.1, of: { subject: 'microsocks' } },
  { loads: BULK, subjects: BOTH, figure: 'cpu', bound: 'at most', limit: 0.5, of: { subject: 'haproxy-splice' } },
  { loads: BULK, subjects: BOTH, figure: 'rate', bound: 'at least', limit: 0.95, of: { subject: 'haproxy-splice' } },
  { loads: ['idle'], subjects: BOTH, figure: 'memory', bound: 'at most', limit: 0.5, unit: 'KiB' },
  { loads: ['connect-line'], subjects: BOTH, figure: 'cpu', bound: 'at most', limit: 1.6, of: 'without' },
  { loads: GROWTH, subjects: BOTH, figure: 'cpu', bound: 'at most', limit: 1.1, of: 'without' },
  {
    loads: ['access-users', 'access-http'],
    subjects: BOTH,
    figure: 'cpu',
    bound: 'at most',
    limit: 1.1,
    of: 'without',
  },
  { loads: ['access-guarded'], subjects: BOTH, figure: 'cpu', bound: 'at most', limit: 1.01, of: 'without' },
  { loads: ['access-slow'], subjects: BOTH, figure: 'p99', bound: 'at most', limit: 2, of: 'without' },
  { loads: ['base'], subjects: BOTH, figure: 'start', bound: 'at most', limit: 400, unit: 'ms' },
  { loads: ['base'], subjects: BOTH, figure: 'base', bound: 'at most', limit: 120, unit: 'MiB' },
  { loads: ['base'], subjects: BOTH, figure: 'rest', bound: 'at most', limit: 1.5, of: { subject: NODE_TIMER } },
  { loads: ['base'], subjects: BOTH, figure: 'wakes', bound: 'at most', limit: 2, unit: 'a second' },
];

const TITLES: Readonly<Record<TargetFigure, string>> = {
  cpu: 'CPU',
  rate: 'rate',
  p50: 'p50',
  p99: 'p99',
  memory: 'memory each',
  start: 'accepts after',
  base: 'memory',
  rest: 'CPU at rest',
  wakes: 'wakes at rest',
};
const SIGNS = { 'at most': '≤', 'at least': '≥' } as const;

/** Such as `≤ 0.70 × microsocks`, `≤ 120 MiB`. */
export function limitInWords({ bound, limit, unit = '', of }: Target): string {
  if (of === undefined) return `${SIGNS[bound]} ${limit} ${unit}`;
  const than = of === 'without' ? [of] : [of.subject, of.load].filter((part) => part !== undefined);
  const sum = of !== 'without' && of.plus !== undefined ? `(${than.join(' ')} + ${of.plus})` : than.join(' ');
  return `${SIGNS[bound]} ${limit.toFixed(2)} × ${sum}`;
}

export const inWords = (target: Target): string => `${TITLES[target.figure]} ${limitInWords(target)}`;

export const targetsFor = (load: string, subject: string): Target[] =>
  TARGETS.filter(({ loads, subjects }) => loads.includes(load) && subjects.includes(subject));
