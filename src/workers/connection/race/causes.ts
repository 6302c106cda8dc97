// The table from errno to failure of a dial. protocol/race/failure.ts says what a failure tells about its candidate.
import * as errno from '../../../linux/errno.js';
import { reach } from '../../../linux/sockets.js';
import { type Failure, type FailureCode, failureOf } from '../../../protocol/race/failure.js';
import type { DialLine } from '../shared/dial-lines.js';

const CODES: readonly (readonly [number, FailureCode])[] = [
  [errno.ECONNREFUSED, 'refused'],
  [errno.ECONNRESET, 'reset'],
  [errno.ECONNABORTED, 'reset'],
  [errno.EPIPE, 'reset'],
  [errno.ETIMEDOUT, 'timed-out'],
  [errno.EHOSTUNREACH, 'host-unreachable'],
  // Further results of ICMP messages (icmp_err_convert and tab_unreach of Linux).
  [errno.EHOSTDOWN, 'host-unreachable'],
  [errno.ENONET, 'host-unreachable'],
  [errno.ENOPROTOOPT, 'host-unreachable'],
  [errno.EOPNOTSUPP, 'host-unreachable'],
  [errno.EPROTO, 'host-unreachable'],
  [errno.ENETUNREACH, 'network-unreachable'],
  [errno.ENETDOWN, 'network-unreachable'],
  [errno.EAFNOSUPPORT, 'network-unreachable'],
  [errno.EINVAL, 'network-unreachable'],
  [errno.EACCES, 'forbidden'],
  [errno.EPERM, 'forbidden'],
  [errno.EMFILE, 'out-of-resources'],
  [errno.ENFILE, 'out-of-resources'],
  [errno.ENOBUFS, 'out-of-resources'],
  [errno.ENOMEM, 'out-of-resources'],
  [errno.EAGAIN, 'out-of-resources'],
  // No ephemeral ports are left. `failureOfConnect` handles a line's own source port.
  [errno.EADDRNOTAVAIL, 'out-of-resources'],
  [errno.EADDRINUSE, 'out-of-resources'],
];

const FAILURES = new Map(CODES.map(([number, code]) => [number, failureOf(code, errno.errnoName(number))]));

/** The failure where the machine has no source address, as with IPv6 switched off (net.ipv6.conf.all.disable_ipv6). */
const NO_SOURCE = failureOf('network-unreachable', errno.errnoName(errno.EADDRNOTAVAIL));
const LOOPBACK = Uint8Array.of(127, 0, 0, 1);

/** Why a connect or an exchange with a proxy failed, from its negated errno. */
export function failureOfErrno(negatedErrno: number): Failure {
  return FAILURES.get(-negatedErrno) ?? failureOf('internal', errno.errnoName(negatedErrno));
}

/** The same for a connect by a line, whose own source port may be in use. */
export function failureOfConnect(negatedErrno: number, line: DialLine, ip: Uint8Array): Failure {
  const isTaken = negatedErrno === -errno.EADDRINUSE || negatedErrno === -errno.EADDRNOTAVAIL;
  if (line.sourcePort !== 0 && isTaken) return failureOf('source-in-use', errno.errnoName(negatedErrno));
  // Either no ports are left, or the machine has no source address for `ip`: only then a datagram cannot be sent either.
  return negatedErrno === -errno.EADDRNOTAVAIL && reach(ip) < 0 ? NO_SOURCE : failureOfErrno(negatedErrno);
}

/** The same for binding a line's source: only here a missing address differs from a lack of ports. */
export function failureOfBind(negatedErrno: number, line: DialLine): Failure {
  return line.sourceIp !== undefined && negatedErrno === -errno.EADDRNOTAVAIL
    ? failureOf('source-unavailable', errno.errnoName(negatedErrno))
    : failureOfConnect(negatedErrno, line, line.sourceIp ?? LOOPBACK);
}
