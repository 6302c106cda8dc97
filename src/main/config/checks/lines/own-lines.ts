// Rejects lines whose first proxy is the gateway's own listener: a connection there comes back as a client, in an endless
// loop. It resolves no name but `localhost`: other names are checked when they are dialled
// (workers/connection/shared/dialling/egress.ts).
import { formatEndpoint, parseIp } from '../../../../protocol/address/address.js';
import { isLocalhost } from '../../../../protocol/address/host-name.js';
import { OwnListeners } from '../../../../protocol/address/own-listeners.js';
import type { ProxyUpstream, Upstream } from '../../../../protocol/lines/flatten.js';
import type { InternetPlace, ListenOptions } from '../../../../protocol/listen-options.js';
import { machineHasNow } from '../../../process/machine.js';
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import { inside, type Place } from '../../diagnostics/place.js';

const LOOPBACK = ['127.0.0.1', '::1'];

export function rejectOwnLines(
  upstream: Upstream,
  place: Place,
  listen: readonly ListenOptions[],
  diagnostics: Diagnostics,
): void {
  const own = listen.flatMap(({ place }) => (place.kind === 'internet' ? listenersAt(place) : []));
  for (const { proxy, at } of firstProxies(upstream, place)) {
    const addresses = isLocalhost(proxy.host) ? LOOPBACK : [proxy.host];
    const found = own.find(({ listeners }) => addresses.some((address) => isAt(listeners, address, proxy.port)));
    if (found === undefined) continue;
    const allowed = `a proxy other than this gateway, which listens on ${found.name}`;
    diagnostics.reject(inside(at, 'port'), proxy.port, allowed);
  }
}

interface Own {
  readonly name: string;
  readonly listeners: OwnListeners;
}

/** None where the kernel chooses the port. */
function listenersAt({ host, port }: InternetPlace): readonly Own[] {
  const ip = parseIp(host);
  if (ip === undefined || port === 0) return [];
  return [{ name: formatEndpoint(host, port), listeners: new OwnListeners([{ ip, port }], machineHasNow) }];
}

function isAt(listeners: OwnListeners, address: string, port: number): boolean {
  const ip = parseIp(address);
  return ip !== undefined && listeners.has(ip, port);
}

interface Found {
  readonly proxy: ProxyUpstream;
  readonly at: Place;
}

/** The proxies that this machine dials itself. */
function firstProxies(node: Upstream, at: Place): readonly Found[] {
  switch (node.type) {
    case 'direct':
      return [];
    case 'multipath':
      return node.list.flatMap((part, index) => firstProxies(part, inside(inside(at, 'list'), index)));
    default: {
      const own = node.upstream === undefined || hasDirect(node.upstream) ? [{ proxy: node, at }] : [];
      return node.upstream === undefined ? own : [...own, ...firstProxies(node.upstream, inside(at, 'upstream'))];
    }
  }
}

function hasDirect(node: Upstream): boolean {
  return node.type === 'direct' || (node.type === 'multipath' && node.list.some(hasDirect));
}
