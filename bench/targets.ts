// What the gateway is meant to reach, each beside a program that does the same work. Data only: report/verdicts.ts says
// which of them hold.

/** The figure's median, in its own unit. */
export type TargetFigure = 'cpu' | 'rate' | 'p50' | 'memory';

export interface Target {
  readonly loads: readonly string[];
  readonly subjects: readonly string[];
  readonly figure: TargetFigure;
  readonly bound: 'at most' | 'at least';
  /** A multiple of the other's figure; of `unit` where there is no other. */
  readonly limit: number;
  readonly unit?: string;
  /** What is not given is as in the load and subject themselves. */
  readonly of?: { readonly load?: string; readonly subject?: string };
}

const URING = ['tcproute-uring'];
const EPOLL = ['tcproute-epoll'];
const BOTH = [...URING, ...EPOLL];
const CONNECT = ['connect-ip', 'connect-name'];
const BULK = ['bulk-4', 'bulk-64'];

export const TARGETS: readonly Target[] = [
  { loads: CONNECT, subjects: URING, figure: 'cpu', bound: 'at most', limit: 0.7, of: { subject: 'microsocks' } },
  // A bare forward is told no name: whatever the client asks for, this is what its connections cost.
  {
    loads: CONNECT,
    subjects: URING,
    figure: 'cpu',
    bound: 'at most',
    limit: 1.1,
    of: { subject: 'haproxy', load: 'connect-ip' },
  },
  { loads: CONNECT, subjects: EPOLL, figure: 'cpu', bound: 'at most', limit: 0.95, of: { subject: 'microsocks' } },
  {
    loads: ['connect-line'],
    subjects: BOTH,
    figure: 'cpu',
    bound: 'at most',
    limit: 1.6,
    of: { load: 'connect-ip' },
  },
  { loads: ['ping-64'], subjects: BOTH, figure: 'cpu', bound: 'at most', limit: 0.55, of: { subject: 'microsocks' } },
  { loads: ['ping-64'], subjects: BOTH, figure: 'cpu', bound: 'at most', limit: 0.95, of: { subject: 'haproxy' } },
  // To be faster is no failure.
  { loads: ['ping-1'], subjects: BOTH, figure: 'p50', bound: 'at most', limit: 1.1, of: { subject: 'microsocks' } },
  { loads: BULK, subjects: BOTH, figure: 'cpu', bound: 'at most', limit: 0.5, of: { subject: 'haproxy-splice' } },
  { loads: BULK, subjects: BOTH, figure: 'rate', bound: 'at least', limit: 0.95, of: { subject: 'haproxy-splice' } },
  { loads: ['idle'], subjects: BOTH, figure: 'memory', bound: 'at most', limit: 0.5, unit: 'KiB' },
];
