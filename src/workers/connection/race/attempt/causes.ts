// The table from the name of an errno to the failure of a dial. protocol/race/failure.ts says what a failure tells about its
// candidate.
import { errorName } from '../../../../linux/error-name.js';
import { isError } from '../../../../linux/result.js';
import { reach } from '../../../../linux/source.js';
import { type Failure, type FailureCode, failureOf } from '../../../../protocol/race/failure.js';
import type { DialLine } from '../../shared/dialling/dial-lines.js';

const CODES: readonly (readonly [string, FailureCode])[] = [
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'reset'],
  ['ECONNABORTED', 'reset'],
  ['EPIPE', 'reset'],
  ['ETIMEDOUT', 'timed-out'],
  ['EHOSTUNREACH', 'host-unreachable'],
  // Further results of ICMP messages (icmp_err_convert and tab_unreach of Linux).
  ['EHOSTDOWN', 'host-unreachable'],
  ['ENONET', 'host-unreachable'],
  ['ENOPROTOOPT', 'host-unreachable'],
  ['EOPNOTSUPP', 'host-unreachable'],
  ['EPROTO', 'host-unreachable'],
  ['ENETUNREACH', 'network-unreachable'],
  ['ENETDOWN', 'network-unreachable'],
  ['EAFNOSUPPORT', 'network-unreachable'],
  ['EINVAL', 'network-unreachable'],
  ['EACCES', 'forbidden'],
  ['EPERM', 'forbidden'],
  // The interface that a socket was bound to has gone.
  ['ENODEV', 'interface-unavailable'],
  ['EMFILE', 'out-of-resources'],
  ['ENFILE', 'out-of-resources'],
  ['ENOBUFS', 'out-of-resources'],
  ['ENOMEM', 'out-of-resources'],
  ['EAGAIN', 'out-of-resources'],
  // No ephemeral ports are left. `failureOfConnect` handles a line's own source port.
  ['EADDRNOTAVAIL', 'out-of-resources'],
  ['EADDRINUSE', 'out-of-resources'],
];

const FAILURES = new Map(CODES.map(([name, code]) => [name, failureOf(code, name)]));

/** The failure where the machine has no source address, as with IPv6 switched off (net.ipv6.conf.all.disable_ipv6). */
const NO_SOURCE = failureOf('network-unreachable', 'EADDRNOTAVAIL');
const LOOPBACK = Uint8Array.of(127, 0, 0, 1);

/** Why a connect or an exchange with a proxy failed, from what the kernel says. */
export function failureOfResult(result: number): Failure {
  const name = errorName(result);
  return FAILURES.get(name) ?? failureOf('internal', name);
}

/** The same for a connect by a line, whose own source port may be in use. */
export function failureOfConnect(result: number, line: DialLine, ip: Uint8Array): Failure {
  const name = errorName(result);
  const isTaken = name === 'EADDRINUSE' || name === 'EADDRNOTAVAIL';
  if (line.sourcePort !== 0 && isTaken) return failureOf('source-in-use', name);
  // Either no ports are left, or the machine has no source address for `ip`: only then a datagram cannot be sent either.
  return name === 'EADDRNOTAVAIL' && isError(reach(ip, { ...line, sourceIp: undefined }))
    ? NO_SOURCE
    : failureOfResult(result);
}

/** The same for setting a line's source: only here a missing address differs from a lack of ports. */
export function failureOfBind(result: number, line: DialLine): Failure {
  const name = errorName(result);
  if (name === 'EPERM' && (line.device !== undefined || line.mark !== 0))
    return failureOf('source-not-permitted', name);
  return line.sourceIp !== undefined && name === 'EADDRNOTAVAIL'
    ? failureOf('source-unavailable', name)
    : failureOfConnect(result, line, line.sourceIp ?? LOOPBACK);
}
