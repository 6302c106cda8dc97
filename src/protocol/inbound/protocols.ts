// The ways in by name, as a listener names its protocols, and the one that reads a client's first bytes. What they do is in
// their own files.
import { INBOUND_NAMES, type InboundName } from '../inbound-name.js';
import { detect } from './detect.js';
import { HTTP, HTTP_OF_USERS } from './http.js';
import type { Inbound, Misfit } from './inbound.js';
import { notSpoken } from './misfits.js';
import { refusingHttp } from './refusing-http.js';
import { refusingSocks4, SOCKS4, SOCKS4_OF_USERS } from './socks4.js';
import { refusingSocks5, SOCKS5, SOCKS5_OF_USERS } from './socks5.js';

interface Way {
  /** For people. */
  readonly title: string;
  readonly open: Inbound;
  /** Refuses a client that does not show which user it is. */
  readonly ofUsers: Inbound;
  /** For a listener that does not speak the protocol: refuses in its words. */
  readonly refusing: (misfit: Misfit) => Inbound;
}

const WAYS: Readonly<Record<InboundName, Way>> = {
  socks5: { title: 'SOCKS5', open: SOCKS5, ofUsers: SOCKS5_OF_USERS, refusing: refusingSocks5 },
  socks4: { title: 'SOCKS4', open: SOCKS4, ofUsers: SOCKS4_OF_USERS, refusing: refusingSocks4 },
  http: { title: 'HTTP', open: HTTP, ofUsers: HTTP_OF_USERS, refusing: refusingHttp },
};

/**
 * The `Inbound` that reads a client's first message, in one of these protocols. `wantsUser`: a client that names no user is
 * refused.
 */
export function inboundOf(protocols: readonly InboundName[], wantsUser: boolean): Inbound {
  const titles = INBOUND_NAMES.filter((name) => protocols.includes(name)).map((name) => WAYS[name].title);
  const inbound = (name: InboundName): Inbound => {
    const { title, open, ofUsers, refusing } = WAYS[name];
    if (!protocols.includes(name)) return refusing(notSpoken(title, titles));
    return wantsUser ? ofUsers : open;
  };
  return detect({ socks5: inbound('socks5'), socks4: inbound('socks4'), http: inbound('http') }, titles);
}
