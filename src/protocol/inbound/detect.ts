// Finds by its first byte which protocol a client speaks, and hands the same bytes to the way in of that protocol. What is
// none of them ends at once. It reads no message itself.
import { isTokenByte } from '../http/token.js';
import { type ForeignProtocol, foreignProtocol } from './foreign.js';
import type { Inbound, Refused } from './inbound.js';
import { inWords } from './misfits.js';
import type { Spoken } from './spoken.js';
import { INCOMPLETE, refused } from './steps.js';

const SOCKS5_VERSION = 5;
const SOCKS4_VERSION = 4;
const CR = 13;

const UNKNOWN = refused('unknown', undefined, 'unknown-protocol');

/** A fatal alert (RFC 8446 section 6.2, handshake_failure), in a record of the version that every client takes. */
const TLS_ALERT = Uint8Array.of(21, 3, 1, 0, 2, 2, 40);

export interface Detected {
  readonly socks5: Inbound;
  readonly socks4: Inbound;
  readonly http: Inbound;
}

/** `titles`: the protocols that clients may speak, for people. */
export function detect({ socks5, socks4, http }: Detected, titles: readonly string[]): Inbound {
  const foreign = refusals(inWords(titles));
  return {
    feed(bytes, start, end) {
      if (start === end) return INCOMPLETE;
      const first = bytes[start];
      if (first === SOCKS5_VERSION) return socks5.feed(bytes, start, end);
      if (first === SOCKS4_VERSION) return socks4.feed(bytes, start, end);
      const other = foreignProtocol(bytes, start, end);
      if (other === 'incomplete') return INCOMPLETE;
      if (other !== undefined) return foreign[other];
      // An empty line may stand before an HTTP request.
      return isTokenByte(first) || first === CR ? http.feed(bytes, start, end) : UNKNOWN;
    },
    speaks: spokenBy,
  };
}

function spokenBy(begun: Uint8Array): Spoken {
  if (begun.length === 0 || foreignProtocol(begun, 0, begun.length) !== undefined) return 'unknown';
  const [first] = begun;
  if (first === SOCKS5_VERSION) return 'socks5';
  if (first === SOCKS4_VERSION) return 'socks4';
  return isTokenByte(first) || first === CR ? 'http' : 'unknown';
}

function refusals(spoken: string): Readonly<Record<ForeignProtocol, Refused>> {
  const ending = 'unknown-protocol' as const;
  return {
    TLS: refused('unknown', TLS_ALERT, ending, {
      what: 'TLS',
      sentence: `speaks TLS to the gateway: set it to plain ${spoken}`,
    }),
    SSH: refused('unknown', undefined, ending, {
      what: 'SSH',
      sentence: `speaks SSH to the gateway: set it to ${spoken}`,
    }),
    PROXY: refused('unknown', undefined, ending, {
      what: 'PROXY header',
      sentence: 'begins with a PROXY header, which is taken only from the networks of proxy_protocol',
    }),
  };
}
