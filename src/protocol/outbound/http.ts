// The client side of HTTP CONNECT with one proxy (RFC 9110 section 9.3.6), with Basic credentials (RFC 7617). The head of
// the answer is read by http-head.ts. It asks once: a proxy that wants another scheme of authentication is not served.
import { viaOf } from '../gateway-depth.js';
import type { Hop } from '../lines/line.js';
import { failureOf } from '../race/failure.js';
import { failureOfHead } from './http-causes.js';
import { readHead } from './http-head.js';
import { type HopFailure, type HopKind, type HopStep, type HopTarget, UNKNOWN_BOUND } from './outbound.js';

/** Bytes up to the end of the final head, with interim ones before it. */
const HEADS_MAX = 16_384;
/** An interim answer that would change the protocol, for which nobody has asked (RFC 9110 section 15.2.2). */
const SWITCHING_PROTOCOLS = 101;

const INCOMPLETE: HopStep = { kind: 'incomplete' };
const BROKEN = broken('its answer is no HTTP/1');
const TOO_LONG = broken('the head of its answer is too long');
const SWITCHES = broken(`HTTP ${SWITCHING_PROTOCOLS}`);

export const http: HopKind = {
  begin(hop, target, depth) {
    return { kind: 'send', bytes: encodeConnect(hop, target, depth) };
  },

  /** The first bytes are the request. */
  hasAsked() {
    return true;
  },

  /** Interim answers are passed over (RFC 9110 section 15.2). */
  read(_phase, received) {
    for (let start = 0; ; ) {
      const head = readHead(received, start);
      if (head.kind === 'invalid') return BROKEN;
      if (head.kind === 'incomplete') return received.length > HEADS_MAX ? TOO_LONG : INCOMPLETE;
      const size = start + head.size;
      if (size > HEADS_MAX) return TOO_LONG;
      const { status } = head.value;
      if (status === SWITCHING_PROTOCOLS) return SWITCHES;
      // Whatever Content-Length and Transfer-Encoding say, the bytes behind the head are the target's (section 9.3.6).
      if (status >= 200 && status < 300) return { kind: 'connected', bound: UNKNOWN_BOUND, size };
      if (status >= 200) return failureOfHead(head.value);
      start = size;
    }
  },
};

/** Hosts have been checked: they are addresses, or names of letters, digits, `-`, `_` and dots. */
function encodeConnect({ username, password }: Hop, { host, port }: HopTarget, depth: number): Uint8Array {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const credentials =
    username === undefined ? '' : `Proxy-Authorization: Basic ${base64(`${username}:${password ?? ''}`)}\r\n`;
  const via = depth > 0 ? `Via: ${viaOf(depth)}\r\n` : '';
  return Buffer.from(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}${via}\r\n`, 'latin1');
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

function broken(detail: string): HopFailure {
  return { kind: 'failed', failure: failureOf('proxy-protocol', detail), of: 'hop' };
}
