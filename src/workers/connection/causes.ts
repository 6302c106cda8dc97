// What an errno of a dial means: one table from errno to failure code.

import * as errno from '../../linux/errno.js';
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
