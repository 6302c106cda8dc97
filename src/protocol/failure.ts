// Why a connection could not be made: one closed union of codes, and one table from a code to the SOCKS reply byte
// (RFC 1928 section 6), the log level and the sentence that a user reads. It does not decide which failure wins a race:
// that is `mostTelling` below, by rank.

export type FailureCode =
  | 'refused'
  | 'reset'
  | 'timed-out'
  | 'host-unreachable'
  | 'network-unreachable'
  | 'no-such-name'
  | 'dns-failed'
  | 'not-allowed'
  | 'blocked'
  | 'source-in-use'
  | 'source-unavailable'
  | 'proxy-protocol'
  | 'proxy-authentication'
  | 'out-of-resources'
  | 'cancelled'
  | 'internal';

interface FailureRow {
  /** The REP byte of RFC 1928 section 6. */
  readonly reply: number;
  /** How telling the cause is: among the failures of several attempts the highest rank is reported. */
  readonly rank: number;
  /** Beside the connection's own line at debug: whether whoever runs the gateway must hear of it. */
  readonly level: 'debug' | 'warn' | 'error';
  readonly sentence: string;
}

export const FAILURES: Readonly<Record<FailureCode, FailureRow>> = {
  cancelled: { reply: 1, rank: 0, level: 'debug', sentence: 'the client went away before the outcome was known' },
  internal: { reply: 1, rank: 1, level: 'error', sentence: 'the gateway itself failed' },
  'out-of-resources': { reply: 1, rank: 2, level: 'warn', sentence: 'the gateway has no file descriptor or port left' },
  'source-unavailable': {
    reply: 1,
    rank: 3,
    level: 'warn',
    sentence: 'the source address of the line is not on this machine',
  },
  'source-in-use': { reply: 1, rank: 4, level: 'warn', sentence: 'the source port of the line is in use' },
  'proxy-authentication': { reply: 1, rank: 5, level: 'warn', sentence: 'the proxy refused our credentials' },
  'proxy-protocol': { reply: 1, rank: 6, level: 'debug', sentence: 'the proxy broke the SOCKS protocol' },
  'dns-failed': { reply: 4, rank: 7, level: 'debug', sentence: 'no DNS server gave an answer' },
  'timed-out': { reply: 4, rank: 8, level: 'debug', sentence: 'the connection attempt timed out' },
  'network-unreachable': { reply: 3, rank: 9, level: 'debug', sentence: 'the network is unreachable' },
  'host-unreachable': { reply: 4, rank: 10, level: 'debug', sentence: 'the host is unreachable' },
  'no-such-name': { reply: 4, rank: 11, level: 'debug', sentence: 'the name does not exist' },
  'not-allowed': {
    reply: 2,
    rank: 12,
    level: 'debug',
    sentence: 'the address is on the blacklist, and no line may use it',
  },
  reset: { reply: 5, rank: 13, level: 'debug', sentence: 'the connection was reset while it was being made' },
  refused: { reply: 5, rank: 14, level: 'debug', sentence: 'the connection was refused' },
  blocked: { reply: 2, rank: 15, level: 'debug', sentence: 'a rule of the configuration blocks the destination' },
};

/** The more telling one of two causes; `undefined` stands for none yet. */
export function mostTelling(first: FailureCode | undefined, second: FailureCode): FailureCode {
  return first === undefined || FAILURES[second].rank > FAILURES[first].rank ? second : first;
}
