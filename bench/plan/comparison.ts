// The comparisons of a subject with itself: the connect load without something and with it. Nothing is started here.
import type { Peer, Setting } from '../peers/peer.js';
import type { BenchOptions } from './options.js';

export interface Comparison {
  readonly name: string;
  readonly title: string;
  /** The settings of the two sides; the same one twice where only the load differs. */
  readonly without: Setting;
  readonly with: Setting;
  /** Idle connections that are held open during the turns of the side `with`. */
  readonly idle: number;
  /** Whether other programs than the gateway take part, too. */
  readonly everyone: boolean;
  /** Of each turn; each side has two turns. */
  readonly duration_ms: number;
  readonly warmUp_ms: number;
  readonly roundsMax: number;
}

/** The results differ little between rounds, and many connections and routes take long to set up. */
const GROWTH_ROUNDS = 3;
const PLAIN: Setting = { kind: 'plain' };

/** `scale` is a factor of the durations. */
export function allComparisons({ quick, idle, routes, rounds }: BenchOptions, scale: number): Comparison[] {
  const times = { duration_ms: 750 * scale, warmUp_ms: 1000 * scale };
  return [
    {
      name: 'connect-line',
      title: "connect through one SOCKS5 line, compared with a direct one; its proxy is the target's and echoes itself",
      ...{ without: PLAIN, with: { kind: 'line' } as const, idle: 0 },
      ...times,
      everyone: false,
      roundsMax: rounds,
    },
    {
      name: 'growth-idle',
      title: `growth: connect beside ${idle} idle connections, compared with none`,
      ...{ without: PLAIN, with: PLAIN, idle },
      ...times,
      everyone: !quick,
      roundsMax: Math.min(GROWTH_ROUNDS, rounds),
    },
    {
      name: 'growth-routes',
      title: `growth: connect with ${routes} routes in memory, compared with none; two lines, else none would be kept`,
      ...{ without: { kind: 'routes', count: 0 } as const, with: { kind: 'routes', count: routes } as const, idle: 0 },
      ...times,
      everyone: false,
      roundsMax: Math.min(GROWTH_ROUNDS, rounds),
    },
  ];
}

/** Whether the comparison is made with that subject. */
export function isFor({ adapts, onlyLoads, timeShare }: Peer, { everyone }: Comparison): boolean {
  return adapts === true || (everyone && onlyLoads === undefined && timeShare === undefined);
}
