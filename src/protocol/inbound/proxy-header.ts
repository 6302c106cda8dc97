// The PROXY header as an `Inbound` in front of another one (HAProxy's proxy-protocol.txt, versions 1 and 2): the proxy before
// the gateway tells in it from where its client comes. Which clients must send one is the listener's question: it is never
// guessed, since who may send one may take any address.
import type { HeaderFault } from './decoded-header.js';
import type { ClientAddress, Inbound, Refused } from './inbound.js';
import { decodeProxyBinary } from './proxy-binary.js';
import { decodeProxyLine } from './proxy-line.js';
import { INCOMPLETE, proceed, refused } from './steps.js';

const REFUSALS: Readonly<Record<HeaderFault, Refused>> = {
  missing: refused('proxy-header', undefined, 'bad-proxy-header', {
    what: 'no PROXY header',
    sentence: 'does not begin with a PROXY header, which proxy_protocol wants of its address',
  }),
  malformed: refused('proxy-header', undefined, 'bad-proxy-header', {
    what: 'malformed PROXY header',
    sentence: 'sends a malformed PROXY header',
  }),
};

/** The first byte of version 2; version 1 begins with a letter. */
const BINARY = 0x0d;

const STRANGER = refused('proxy-header', undefined, 'not-allowed', {
  what: 'client behind a proxy',
  sentence: 'is a proxy whose client is not in allow_clients',
});

/**
 * The header tells of no client, and the proxy itself is none that may come. HAProxy looks with such headers whether the gateway
 * is there (`check-send-proxy`): the connection was enough for it, so this is nobody's mistake.
 */
const NO_CLIENT = refused('proxy-header', undefined, 'not-allowed');

/** Which clients may come, behind a proxy. */
export interface Visitors {
  /** One of which the header tells. */
  readonly mayCome: (client: ClientAddress) => boolean;
  /** One of which it does not tell, so that its address is the proxy's own. */
  readonly proxyMayCome: boolean;
}

/** Reads a header. `inbound` reads what follows. A wrong header gets no answer, nor does a client that may not come. */
export const afterProxyHeader = (inbound: Inbound, { mayCome, proxyMayCome }: Visitors): Inbound => ({
  feed(bytes, start, end) {
    if (start === end) return INCOMPLETE;
    const header = bytes[start] === BINARY ? decodeProxyBinary(bytes, start, end) : decodeProxyLine(bytes, start, end);
    switch (header.kind) {
      case 'incomplete':
        return INCOMPLETE;
      case 'invalid':
        return REFUSALS[header.code];
      case 'message':
        if (header.value === undefined) {
          return proxyMayCome ? proceed(header.size, undefined, inbound, undefined) : NO_CLIENT;
        }
        if (!mayCome(header.value)) return STRANGER;
        return proceed(header.size, undefined, inbound, header.value);
    }
  },
  speaks: ({ length }) => (length === 0 ? 'unknown' : 'proxy-header'),
});
