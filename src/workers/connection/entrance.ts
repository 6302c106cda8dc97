// A listener as a connection actor uses it: with the inbound protocols of its clients.
import { IpRanges } from '../../protocol/address/ip-range.js';
import type { Inbound } from '../../protocol/inbound/inbound.js';
import type { Listener } from '../../protocol/inbound/listener.js';
import { inboundOf } from '../../protocol/inbound/protocols.js';
import { afterProxyHeader } from '../../protocol/inbound/proxy-header.js';
import { UNIX_CLIENTS } from '../../protocol/listen-options.js';

export interface Entrance {
  readonly listener: Listener;
  /** Reads a client's first message. */
  readonly inbound: Inbound;
  /** Reads the request of a client that is refused, whoever it is. */
  readonly refusing: Inbound;
  /** The clients that are proxies and tell from where their clients come; undefined for none. */
  readonly behindProxies: BehindProxies | undefined;
}

export interface BehindProxies {
  /** Whether a client of this address is such a proxy. */
  isFrom(ip: Uint8Array | undefined): boolean;
  /** Reads its header, then its client's first message. */
  readonly inbound: Inbound;
}

export function entranceOf(listener: Listener): Entrance {
  const { protocols, wantsUser, proxyFrom } = listener;
  const inbound = inboundOf(protocols, wantsUser);
  return {
    listener,
    inbound,
    refusing: wantsUser ? inboundOf(protocols, false) : inbound,
    behindProxies: proxyFrom.length === 0 ? undefined : behindProxies(listener, inbound),
  };
}

function behindProxies({ proxyFrom, allowClients }: Listener, inbound: Inbound): BehindProxies {
  const proxies = IpRanges.of(proxyFrom.filter((network) => network !== UNIX_CLIENTS));
  const clients = IpRanges.of(allowClients);
  // The clients of a Unix socket have no address.
  const hasUnix = proxyFrom.includes(UNIX_CLIENTS);
  return {
    isFrom: (ip) => (ip === undefined ? hasUnix : proxies.hasClient(ip)),
    inbound: afterProxyHeader(inbound, ({ ip }) => clients.hasClient(ip)),
  };
}
