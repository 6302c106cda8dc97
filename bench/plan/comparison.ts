// The comparisons of a subject with itself: connections without something and with it. Nothing is started here.
import type { Peer, Setting } from '../peers/peer.js';
import type { Credentials, CrowdKind, Speech } from '../shared/messages.js';
import type { BenchOptions } from './options.js';
import { firstWarmUp } from './warm-up.js';

/** One side of a comparison. */
export interface Condition {
  /** Sides with the same setting (the same object) are measured on one started subject. */
  readonly setting: Setting;
  /** How its clients speak; undefined for SOCKS5 without a password. */
  readonly speech?: Speech;
  /** Connections that are held during its turns. */
  readonly crowd?: { readonly kind: CrowdKind; readonly connections: number };
}

/** Every program that has the time, the gateway and its earlier versions, or this version only. */
type Participants = 'everyone' | 'gateways' | 'this gateway';

export interface Comparison {
  readonly name: string;
  readonly title: string;
  readonly without: Condition;
  readonly with: Condition;
  /** Connections that begin in a second at random times; undefined for a fixed number at a time, as in the connect loads. */
  readonly rate?: number;
  readonly who: Participants;
  /** Of each turn; each side has two turns. */
  readonly duration_ms: number;
  readonly warmUp_ms: number;
  readonly roundsMax: number;
}

/** The results differ little between rounds, and many connections and routes take long to set up. */
const GROWTH_ROUNDS = 3;
const PLAIN: Setting = { kind: 'plain' };
const GUARDED: Setting = { kind: 'guarded' };
const USER: Credentials = { name: 'alice', password: 'open sesame' };
/** Connections a second beside slow ones: a fraction of what a subject can carry. */
const SERVED_RATE = 1000;

/** `scale` is a factor of the durations. */
export function allComparisons(options: BenchOptions, scale: number): Comparison[] {
  const { quick, idle, routes, rounds } = options;
  const times = { duration_ms: 750 * scale, warmUp_ms: 1000 * scale };
  const growth = { ...times, roundsMax: Math.min(GROWTH_ROUNDS, rounds) };
  // These differ by a few per cent, so both sides are warmed up until all code is compiled.
  const access = { ...times, warmUp_ms: firstWarmUp(options), roundsMax: rounds, who: 'this gateway' } as const;
  return [
    {
      name: 'connect-line',
      title: "connect through one SOCKS5 line, compared with a direct one; its proxy is the target's and echoes itself",
      without: { setting: PLAIN },
      with: { setting: { kind: 'line' } },
      ...times,
      who: 'gateways',
      roundsMax: rounds,
    },
    {
      name: 'access-users',
      title: 'access: connect with a name and a password that are remembered (RFC 1929), compared with neither',
      without: { setting: PLAIN },
      with: { setting: { kind: 'users', user: USER }, speech: { kind: 'socks5', user: USER } },
      ...access,
    },
    {
      name: 'access-http',
      title: 'access: connect by CONNECT of HTTP, compared with SOCKS5',
      without: { setting: PLAIN },
      with: { setting: PLAIN, speech: { kind: 'http' } },
      ...access,
    },
    {
      name: 'access-guarded',
      title: 'access: connect with an egress policy and limits of clients, compared with the defaults',
      without: { setting: PLAIN },
      with: { setting: GUARDED },
      ...access,
    },
    {
      name: 'access-slow',
      title:
        `access: ${SERVED_RATE} connections a second at random times beside ${idle} of one other client that never end ` +
        'their handshake, compared with none; those that are ended come back',
      without: { setting: GUARDED },
      with: { setting: GUARDED, crowd: { kind: 'slow', connections: idle } },
      rate: SERVED_RATE,
      ...access,
      duration_ms: 2000 * scale,
    },
    {
      name: 'growth-idle',
      title: `growth: connect beside ${idle} idle connections, compared with none`,
      without: { setting: PLAIN },
      with: { setting: PLAIN, crowd: { kind: 'idle', connections: idle } },
      ...growth,
      who: quick ? 'gateways' : 'everyone',
    },
    {
      name: 'growth-routes',
      title: `growth: connect with ${routes} routes in memory, compared with none; two lines, else none would be kept`,
      without: { setting: { kind: 'routes', count: 0 } },
      with: { setting: { kind: 'routes', count: routes } },
      ...growth,
      who: 'gateways',
    },
  ];
}

/** Whether the comparison is made with that subject. */
export function isFor({ adapts, onlyLoads, pair, timeShare }: Peer, { who }: Comparison): boolean {
  if (adapts === true) return who !== 'this gateway' || pair === undefined;
  return who === 'everyone' && onlyLoads === undefined && timeShare === undefined;
}
