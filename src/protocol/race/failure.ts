// Why a connection could not be made: one closed union of codes, and one table that says of each code whose failure it is,
// what is remembered of it, at which level it is logged, and the sentence for users. Other files know how failures are found
// (workers/connection/race/attempt/causes.ts for errno numbers, outbound/ for a proxy's replies) and which bytes tell a client
// (inbound/).
import type { RouteFailure } from '../routes/candidate-memory.js';

export type FailureCode =
  | 'cancelled'
  | 'internal'
  | 'kept-away'
  | 'line-paused'
  | 'client-limit'
  | 'user-limit'
  | 'line-address-type'
  | 'line-no-udp'
  | 'out-of-resources'
  | 'too-many-lookups'
  | 'source-unavailable'
  | 'source-in-use'
  | 'interface-unavailable'
  | 'source-not-permitted'
  | 'link-down'
  | 'proxy-authentication'
  | 'proxy-certificate'
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
  | 'egress-denied'
  | 'blocked'
  | 'reset'
  | 'refused';

/**
 * Whose failure it is. `line`: the source or the proxies of one line. `destination`: the destination, as far as the line can
 * tell. `us`: this gateway, its machine or its configuration.
 */
export type Whose = 'client' | 'line' | 'destination' | 'us';

/** Whom an attempt is on its way to: a proxy of its line, or the destination. What goes wrong on that way is theirs. */
export type Towards = Extract<Whose, 'line' | 'destination'>;

/** A failure as a value. */
export interface Failure {
  readonly code: FailureCode;
  readonly whose: Whose;
  /** What the kernel or the proxy said: `ECONNREFUSED`, `REP 1`, `HTTP 502`. For people: code never compares it. */
  readonly detail: string | undefined;
  /** The place in the configuration of the rule that decided so. */
  readonly rule?: number;
}

interface FailureRow {
  /** What goes wrong on the way to a proxy is the line's instead: see `failureTowards`. */
  readonly whose: Whose;
  /** What is remembered against the candidate; undefined if the failure says nothing about it. */
  readonly blames: RouteFailure | undefined;
  /** The level at which the failure is logged for the operator; at `debug` only the connection's own line tells of it. */
  readonly level: 'debug' | 'warn' | 'error';
  readonly sentence: string;
}

/** The least telling code first: of several failures, the last one in this order is reported. */
export const FAILURES: Readonly<Record<FailureCode, FailureRow>> = {
  cancelled: row('client', undefined, 'debug', 'the client went away before the outcome was known'),
  internal: row('us', undefined, 'error', 'the gateway itself failed'),
  'kept-away': row('us', undefined, 'debug', 'a rule of the configuration keeps the address to other lines'),
  'line-paused': row('us', undefined, 'debug', 'every line that the connection may use is paused by an operator'),
  'client-limit': row('client', undefined, 'debug', 'the network of the client is over a limit'),
  'user-limit': row('client', undefined, 'debug', 'the user is over a limit'),
  'line-address-type': row('line', undefined, 'debug', 'the last proxy of the line has no addresses of this kind'),
  // What is found out holds for the line, whatever the destination is.
  'line-no-udp': row('line', undefined, 'debug', 'a proxy of the line relays no datagrams'),
  'out-of-resources': row('us', undefined, 'warn', 'the machine has no file descriptor, port or memory left'),
  'too-many-lookups': row('us', undefined, 'warn', 'dns.lookups_max names are being looked up already'),
  'source-unavailable': row('line', 'other', 'warn', 'the source address of the line is not on this machine'),
  'source-in-use': row('line', 'other', 'warn', 'the source port of the line is in use'),
  'interface-unavailable': row('line', 'other', 'warn', 'the network interface of the line is not on this machine'),
  'source-not-permitted': row(
    ...(['line', 'other', 'warn'] as const),
    'the process may not use the interface or mark of the line (CAP_NET_RAW, CAP_NET_ADMIN)',
  ),
  // Its line is out as a whole, so nothing is to be remembered of one destination.
  'link-down': row('line', undefined, 'debug', 'the link of the line is down'),
  'proxy-authentication': row('line', 'proxy', 'warn', 'the proxy refused our credentials'),
  'proxy-certificate': row('line', 'proxy', 'warn', 'the certificate of the proxy is not trusted, or not its own'),
  'proxy-protocol': row('line', 'proxy', 'warn', 'the proxy broke its protocol'),
  'proxy-unreachable': row('line', 'proxy', 'debug', 'a proxy of the line cannot be reached'),
  'proxy-address-type': row('line', 'other', 'debug', 'the proxy does not take addresses of this kind'),
  unexplained: row('destination', 'proxy', 'debug', 'the proxy could not connect, and did not say why'),
  'dns-failed': row('us', undefined, 'debug', 'no DNS server gave an answer'),
  'timed-out': row('destination', 'timed-out', 'debug', 'the connection attempt timed out'),
  'network-unreachable': row('destination', 'unreachable', 'debug', 'the network is unreachable'),
  'host-unreachable': row('destination', 'unreachable', 'debug', 'the host is unreachable'),
  'no-such-name': row('destination', undefined, 'debug', 'the name does not exist, or has no address'),
  forbidden: row('destination', 'other', 'debug', 'a firewall does not allow the connection'),
  'proxy-forbids': row('line', 'other', 'debug', 'the proxy does not allow the destination'),
  loop: row('line', 'proxy', 'warn', 'the line leads to the gateway itself, or in a circle'),
  unspecified: row('destination', undefined, 'debug', 'the address means no host'),
  'not-allowed': row('us', undefined, 'debug', 'the address is on the blacklist, and no line may use it'),
  'own-listener': row('us', undefined, 'debug', 'the destination is the gateway itself'),
  'egress-denied': row('us', undefined, 'debug', 'the egress policy denies the address'),
  blocked: row('us', undefined, 'debug', 'a rule of the configuration blocks the destination'),
  reset: row('destination', 'reset', 'debug', 'the connection was reset while it was being made'),
  refused: row('destination', 'refused', 'debug', 'the connection was refused'),
};

function row(whose: Whose, blames: RouteFailure | undefined, level: FailureRow['level'], sentence: string): FailureRow {
  return { whose, blames, level, sentence };
}

const CODES = Object.keys(FAILURES) as FailureCode[];
const RANKS = new Map(CODES.map((code, rank) => [code, rank]));
const rankOf = ({ code }: Failure): number => RANKS.get(code) as number;

/** Failures of a path on which nothing gets through, or that is not there. A refusal or a reset has come by some path. */
const WITHOUT_PATH: ReadonlySet<FailureCode> = new Set([
  ...(['timed-out', 'network-unreachable', 'host-unreachable', 'proxy-unreachable'] as const),
  ...(['source-unavailable', 'interface-unavailable'] as const),
]);

/** Whether a line that is dead fails so. */
export const isWithoutPath = ({ code }: Failure): boolean => WITHOUT_PATH.has(code);

/** A failure with what the kernel or the proxy said, if anything. */
export function failureOf(code: FailureCode, detail?: string): Failure {
  return { code, whose: FAILURES[code].whose, detail };
}

/** By a rule that blocks, or that keeps an address to other lines. The detail has its place as mistakes of a configuration do. */
export function byRule(code: Extract<FailureCode, 'blocked' | 'kept-away'>, rule: number): Failure {
  return { ...failureOf(code, `rules[${rule}]`), rule };
}

/** In words, for people: the sentence of its code and what the kernel or the proxy said. */
export function describe({ code, detail }: Failure): string {
  const { sentence } = FAILURES[code];
  return detail === undefined ? sentence : `${sentence} (${detail})`;
}

/** The more telling of two failures; undefined stands for none so far. */
export function mostTelling(first: Failure | undefined, second: Failure): Failure {
  return first === undefined || rankOf(second) > rankOf(first) ? second : first;
}

/** A failure on the way to a proxy or to the destination: a failure of the destination is the line's on the way to a proxy. */
export function failureTowards(whom: Towards, failure: Failure): Failure {
  return whom === 'line' && failure.whose === 'destination'
    ? failureOf('proxy-unreachable', failure.detail ?? failure.code)
    : failure;
}
