// What an HTTP client is told of its connection. CONNECT is told of success (RFC 9110 section 9.3.6). Of any other request the
// destination's own response tells, and this proxy answers failures only.
import { answer, type Status } from '../http/answer.js';
import { proxyStatus } from '../http/proxy-status.js';
import { describe, type Failure, type FailureCode } from '../race/failure.js';
import { plain } from '../text/plain-text.js';
import type { Replies } from './inbound.js';

/**
 * The status of each failure, and its type in Proxy-Status (RFC 9209 section 2.3). 403: this gateway, or the way, does not
 * allow it. 429 (RFC 6585 section 4): the client has or asks too much for now. 504: it took too long. 503: it may work in a moment. A name that does not exist gets 502, as RFC 9209 has it: 404
 * would be taken for the site's own word, and be cached as that (RFC 9110 section 15.5.5).
 */
const STATUSES: Readonly<Record<FailureCode, readonly [Status, string]>> = {
  cancelled: [502, 'connection_terminated'],
  internal: [500, 'proxy_internal_error'],
  'kept-away': [403, 'http_request_denied'],
  'line-paused': [503, 'destination_unavailable'],
  'client-limit': [429, 'http_request_denied'],
  'user-limit': [429, 'http_request_denied'],
  'line-address-type': [502, 'destination_ip_unroutable'],
  'line-no-udp': [502, 'destination_unavailable'],
  'out-of-resources': [503, 'connection_limit_reached'],
  'too-many-lookups': [503, 'connection_limit_reached'],
  'source-unavailable': [502, 'proxy_configuration_error'],
  'source-in-use': [502, 'proxy_configuration_error'],
  'interface-unavailable': [502, 'proxy_configuration_error'],
  'link-down': [502, 'destination_unavailable'],
  'source-not-permitted': [502, 'proxy_configuration_error'],
  'proxy-authentication': [502, 'proxy_configuration_error'],
  'proxy-protocol': [502, 'connection_terminated'],
  'proxy-certificate': [502, 'tls_certificate_error'],
  'proxy-unreachable': [502, 'destination_unavailable'],
  'proxy-address-type': [502, 'destination_ip_unroutable'],
  unexplained: [502, 'destination_unavailable'],
  'dns-failed': [502, 'dns_error'],
  'timed-out': [504, 'connection_timeout'],
  'network-unreachable': [502, 'destination_ip_unroutable'],
  'host-unreachable': [502, 'destination_ip_unroutable'],
  'no-such-name': [502, 'dns_error'],
  forbidden: [403, 'destination_ip_prohibited'],
  'proxy-forbids': [403, 'http_request_denied'],
  loop: [502, 'proxy_loop_detected'],
  unspecified: [403, 'destination_ip_prohibited'],
  'not-allowed': [403, 'destination_ip_prohibited'],
  'own-listener': [403, 'proxy_loop_detected'],
  'egress-denied': [403, 'destination_ip_prohibited'],
  blocked: [403, 'http_request_denied'],
  reset: [502, 'connection_terminated'],
  refused: [502, 'connection_refused'],
};

/** Until then a rate has a token again, and some connections may have ended (RFC 9110 section 10.2.3). In seconds. */
const RETRY_AFTER = 'Retry-After: 5';
const ESTABLISHED = Buffer.from('HTTP/1.1 200 Connection established\r\n\r\n');
const NOTHING = new Uint8Array(0);

/** Of CONNECT. */
export const CONNECT_REPLIES = replies(ESTABLISHED, false);
/** Of a request that is sent on. */
export const FORWARD_REPLIES = replies(NOTHING, false);
/** Of a request HEAD that is sent on: no answer to it has a body. */
export const HEAD_REPLIES = replies(NOTHING, true);

function replies(success: Uint8Array, isHead: boolean): Replies {
  return {
    successCode: 200,
    failureCode: (code) => STATUSES[code][0],
    success: () => success,
    failure: (failure, line) => failureAnswer(failure, line, isHead),
  };
}

function failureAnswer(failure: Failure, line: string | undefined, isHead: boolean): Uint8Array {
  const [status, error] = STATUSES[failure.code];
  const cause = plain(describe(failure));
  const sentence = line === undefined ? cause : `${cause}, on the line "${plain(line)}"`;
  const told = proxyStatus(error, cause, line);
  return answer(status, sentence, isHead, status === 429 ? `${told}\r\n${RETRY_AFTER}` : told);
}
