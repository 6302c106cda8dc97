// What an HTTP proxy's answer other than success tells: from the status code, and from the error of a Proxy-Status field
// (RFC 9209), which says more. It reads no bytes.
import { type FailureCode, failureOf } from '../race/failure.js';
import type { ResponseHead } from './http-head.js';
import type { HopFailure } from './outbound.js';

/** Answers about the proxy itself, whatever it was asked for. */
const OF_HOP: ReadonlyMap<number, FailureCode> = new Map([
  [407, 'proxy-authentication'],
  // What tinyproxy says to a request without credentials.
  [401, 'proxy-authentication'],
  // It does not understand the request, or has no CONNECT.
  ...([400, 405, 501, 505] as const).map((status) => [status, 'proxy-protocol'] as const),
]);

/** Answers about its target. Those that are missing here explain nothing; proxies use many of them for one cause. */
const OF_TARGET: ReadonlyMap<number, FailureCode> = new Map([
  [403, 'proxy-forbids'],
  [451, 'proxy-forbids'],
  [504, 'timed-out'],
]);

/** By the error type (RFC 9209 section 2.3). Those that are missing here tell no more than the status. */
const ERRORS: ReadonlyMap<string, FailureCode> = new Map([
  ['dns_timeout', 'timed-out'],
  // As SOCKS5 proxies report it.
  ['dns_error', 'host-unreachable'],
  ['destination_unavailable', 'host-unreachable'],
  ['destination_ip_prohibited', 'proxy-forbids'],
  ['destination_ip_unroutable', 'network-unreachable'],
  ['connection_refused', 'refused'],
  ['connection_terminated', 'reset'],
  ['connection_timeout', 'timed-out'],
  ['connection_read_timeout', 'timed-out'],
  ['connection_write_timeout', 'timed-out'],
  ['http_request_denied', 'proxy-forbids'],
  ['proxy_loop_detected', 'loop'],
]);

const QUOTED = /"(?:[^"\\]|\\.)*"/g;
const ERROR = /;\s*error=([a-z_]{1,40})(?![a-z_])/;

/** The failure behind an answer other than 1xx and 2xx. */
export function failureOfHead({ status, proxyStatus }: ResponseHead): HopFailure {
  const ofHop = OF_HOP.get(status) ?? (status < 400 ? 'proxy-protocol' : undefined);
  if (ofHop !== undefined) return { kind: 'failed', failure: failureOf(ofHop, `HTTP ${status}`), of: 'hop' };
  const error = ERROR.exec(proxyStatus.replace(QUOTED, ''))?.[1];
  const code = (error === undefined ? undefined : ERRORS.get(error)) ?? OF_TARGET.get(status) ?? 'unexplained';
  const detail = error === undefined ? `HTTP ${status}` : `HTTP ${status} ${error}`;
  return { kind: 'failed', failure: failureOf(code, detail), of: 'target' };
}
