// A listener as a connection actor uses it: with the inbound protocols of its clients.
import { IpRanges } from '../../protocol/address/ip-range.js';
import type { ClientAddress, Inbound } from '../../protocol/inbound/inbound.js';
import type { Listener } from '../../protocol/inbound/listener.js';
import { inboundOf } from '../../protocol/inbound/protocols.js';
import { afterProxyHeader } from '../../protocol/inbound/proxy-header.js';
import { ALL_NETWORKS, UNIX_CLIENTS } from '../../protocol/listen-options.js';
import { type Quiet, QuietAt } from '../../protocol/quiet/quiet.js';

export interface Entrance {
  readonly listener: Listener;
  /** Reads a client's first message. */
  readonly inbound: Inbound;
  /** Reads the request of a client that is refused, whoever it is. */
  readonly refusing: Inbound;
  /** The clients that are proxies and tell from where their clients come; undefined for none. */
  readonly behindProxies: BehindProxies | undefined;
  /** How quiet its connections may be. */
  readonly quiet: QuietAt;
}

export interface BehindProxies {
  /**
   * Reads the header of such a proxy, then its client's first message; undefined where a client of this address is none. `ip`:
   * undefined for a Unix socket.
   */
  inboundFrom(ip: Uint8Array | undefined): Inbound | undefined;
}

/** `usual`: what applies where neither the listener nor a rule says anything of quiet connections. */
export function entranceOf(listener: Listener, usual: Quiet): Entrance {
  const { protocols, wantsUser, proxyFrom, quiet } = listener;
  const inbound = inboundOf(protocols, wantsUser);
  return {
    listener,
    inbound,
    refusing: wantsUser ? inboundOf(protocols, false) : inbound,
    behindProxies: proxyFrom.length === 0 ? undefined : behindProxies(listener, inbound),
    quiet: new QuietAt(quiet, usual),
  };
}

function behindProxies({ proxyFrom, allowClients }: Listener, inbound: Inbound): BehindProxies {
  const proxies = IpRanges.of(proxyFrom.filter((network) => network !== UNIX_CLIENTS));
  const clients = IpRanges.of(allowClients);
  const mayCome = ({ ip }: ClientAddress): boolean => clients.hasClient(ip);
  // A client of a Unix socket has no address: as a proxy that does not tell of its client, it comes only where everybody may.
  const hasUnix = proxyFrom.includes(UNIX_CLIENTS);
  const unixMayCome = ALL_NETWORKS.every((network) => allowClients.includes(network));
  const behind = afterProxyHeader(inbound, { mayCome, proxyMayCome: false });
  const behindClient = afterProxyHeader(inbound, { mayCome, proxyMayCome: true });
  return {
    inboundFrom(ip) {
      if (ip === undefined) return hasUnix ? (unixMayCome ? behindClient : behind) : undefined;
      if (!proxies.hasClient(ip)) return undefined;
      return clients.hasClient(ip) ? behindClient : behind;
    },
  };
}
