// Why a connection could not be made: one closed union of codes, and one table that says of each code whose failure it is,
// what it teaches, what the client is told, how loudly it is logged, and the sentence that a user reads. It does not know
// how a failure was found out: errno numbers are workers/connection/causes.ts, a proxy's replies are outbound/.
import type { RouteFailure } from './candidate-memory.js';

export type FailureCode =
  | 'cancelled'
  | 'internal'
  | 'out-of-resources'
  | 'too-many-lookups'
  | 'source-unavailable'
  | 'source-in-use'
  | 'proxy-authentication'
  | 'proxy-protocol'
  | 'proxy-unreachable'
  | 'proxy-address-type'
  | 'unexplained'
  | 'dns-failed'
  | 'timed-out'
  | 'network-unreachable'
  | 'host-unreachable'
  | 'no-such-name'
  | 'forbidden'
  | 'proxy-forbids'
  | 'loop'
  | 'unspecified'
  | 'not-allowed'
  | 'own-listener'
  | 'blocked'
  | 'reset'
  | 'refused';

/**
 * `line`: the source or the proxies of one line. `destination`: the destination, as far as the line can tell. `us`: this
 * gateway, its machine or its configuration.
 */
export type Whose = 'client' | 'line' | 'destination' | 'us';

/** A failure as it is passed on. */
export interface Failure {
  readonly code: FailureCode;
  /** What the kernel or the proxy said: `ECONNREFUSED`, `REP 1`. For people: it is never compared. */
  readonly detail: string | undefined;
}

interface FailureRow {
  readonly whose: Whose;
  /** What is remembered against the candidate; undefined where the failure says nothing of it. */
  readonly blames: RouteFailure | undefined;
  /** The REP byte of RFC 1928 section 6. */
  readonly reply: number;
  /** Beside the connection's own line at debug: whether the operator must hear of it. */
  readonly level: 'debug' | 'warn' | 'error';
  readonly sentence: string;
}

/** The least telling first: of several failures the last one in this order is told. */
export const FAILURES: Readonly<Record<FailureCode, FailureRow>> = {
  cancelled: row('client', undefined, 1, 'debug', 'the client went away before the outcome was known'),
  internal: row('us', undefined, 1, 'error', 'the gateway itself failed'),
  'out-of-resources': row('us', undefined, 1, 'warn', 'the machine has no file descriptor, port or memory left'),
  'too-many-lookups': row('us', undefined, 1, 'warn', 'dns.lookups_max names are being looked up already'),
  'source-unavailable': row('line', 'other', 1, 'warn', 'the source address of the line is not on this machine'),
  'source-in-use': row('line', 'other', 1, 'warn', 'the source port of the line is in use'),
  'proxy-authentication': row('line', 'proxy', 1, 'warn', 'the proxy refused our credentials'),
  'proxy-protocol': row('line', 'proxy', 1, 'warn', 'the proxy broke the SOCKS protocol'),
  'proxy-unreachable': row('line', 'proxy', 1, 'debug', 'a proxy of the line cannot be reached'),
  'proxy-address-type': row('line', 'other', 8, 'debug', 'the proxy does not take addresses of this kind'),
  unexplained: row('destination', 'proxy', 1, 'debug', 'the proxy could not connect, and did not say why'),
  'dns-failed': row('us', undefined, 4, 'debug', 'no DNS server gave an answer'),
  'timed-out': row('destination', 'timed-out', 4, 'debug', 'the connection attempt timed out'),
  'network-unreachable': row('destination', 'unreachable', 3, 'debug', 'the network is unreachable'),
  'host-unreachable': row('destination', 'unreachable', 4, 'debug', 'the host is unreachable'),
  'no-such-name': row('destination', undefined, 4, 'debug', 'the name does not exist, or has no address'),
  forbidden: row('destination', 'other', 2, 'debug', 'a firewall does not allow the connection'),
  'proxy-forbids': row('line', 'other', 2, 'debug', 'the proxy does not allow the destination'),
  loop: row('line', 'proxy', 1, 'warn', 'the line leads to the gateway itself'),
  unspecified: row('destination', undefined, 2, 'debug', 'the address means no host'),
  'not-allowed': row('us', undefined, 2, 'debug', 'the address is on the blacklist, and no line may use it'),
  'own-listener': row('us', undefined, 2, 'debug', 'the destination is the gateway itself'),
  blocked: row('us', undefined, 2, 'debug', 'a rule of the configuration blocks the destination'),
  reset: row('destination', 'reset', 5, 'debug', 'the connection was reset while it was being made'),
  refused: row('destination', 'refused', 5, 'debug', 'the connection was refused'),
};

function row(
  whose: Whose,
  blames: RouteFailure | undefined,
  reply: number,
  level: FailureRow['level'],
  sentence: string,
): FailureRow {
  return { whose, blames, reply, level, sentence };
}

const CODES = Object.keys(FAILURES) as FailureCode[];
const RANKS = new Map(CODES.map((code, rank) => [code, rank]));
const rankOf = ({ code }: Failure): number => RANKS.get(code) as number;

export function failureOf(code: FailureCode, detail?: string): Failure {
  return { code, detail };
}

/** The more telling one of two failures; `undefined` stands for none yet. */
export function mostTelling(first: Failure | undefined, second: Failure): Failure {
  return first === undefined || rankOf(second) > rankOf(first) ? second : first;
}

/** The same failure where the way to the destination was still under way to one of the line's proxies. */
export function towardsProxy(failure: Failure): Failure {
  return FAILURES[failure.code].whose === 'destination'
    ? { code: 'proxy-unreachable', detail: failure.detail ?? failure.code }
    : failure;
}
