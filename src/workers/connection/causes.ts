// What a failed dial means: one table from errno to failure code, and what a code says of the candidate.

import * as errno from '../../linux/errno.js';
import type { RouteFailure } from '../../protocol/candidate-memory.js';
import type { FailureCode } from '../../protocol/failure.js';

const CAUSES = new Map<number, FailureCode>([
  [errno.ECONNREFUSED, 'refused'],
  [errno.ECONNRESET, 'reset'],
  [errno.ECONNABORTED, 'reset'],
  [errno.EPIPE, 'reset'],
  [errno.ETIMEDOUT, 'timed-out'],
  [errno.EHOSTUNREACH, 'host-unreachable'],
  [errno.ENETUNREACH, 'network-unreachable'],
  [errno.ENETDOWN, 'network-unreachable'],
  [errno.EAFNOSUPPORT, 'network-unreachable'],
  [errno.EACCES, 'not-allowed'],
  [errno.EPERM, 'not-allowed'],
  [errno.EMFILE, 'out-of-resources'],
  [errno.ENFILE, 'out-of-resources'],
  [errno.ENOBUFS, 'out-of-resources'],
  [errno.ENOMEM, 'out-of-resources'],
  // Ephemeral ports have run out; a line's own source port in use is told apart where it is bound.
  [errno.EADDRNOTAVAIL, 'out-of-resources'],
  [errno.EADDRINUSE, 'source-in-use'],
  [errno.EINVAL, 'network-unreachable'],
]);

/** The cause of a failed dial, from its negated errno. */
export function causeOf(negatedErrno: number): FailureCode {
  return CAUSES.get(-negatedErrno) ?? 'internal';
}

/** What a failed dial says of its candidate: `atProxy` is before the destination was asked for; undefined is nothing. */
export function routeFailureOf(code: FailureCode, atProxy: boolean): RouteFailure | undefined {
  switch (code) {
    case 'cancelled':
    case 'internal':
    case 'out-of-resources':
    case 'source-in-use':
    case 'source-unavailable':
    case 'dns-failed':
    case 'no-such-name':
      return undefined;
    default:
  }
  if (atProxy) return 'proxy';
  switch (code) {
    case 'refused':
    case 'reset':
    case 'timed-out':
      return code;
    case 'host-unreachable':
    case 'network-unreachable':
      return 'unreachable';
    case 'proxy-protocol':
    case 'proxy-authentication':
      return 'proxy';
    default:
      return 'other';
  }
}
