// Decides by its address whether a client may come in by a listener. It closes nobody, and counts nothing.
import { lendIp } from '../../linux/addresses.js';
import { IpRanges } from '../../protocol/address/ip-range.js';
import { isLoopback } from '../../protocol/address/own-listeners.js';
import type { Listener } from '../../protocol/inbound/listener.js';
import { ALL_NETWORKS, LOOPBACK_NETWORKS, UNIX_CLIENTS } from '../../protocol/listen-options.js';

export class Admission {
  /** Undefined for a Unix socket: the permissions of its file say who may connect. */
  readonly #networks: IpRanges | undefined;
  readonly #admitsUnknown: boolean;
  /** Undefined where no proxies are listed. */
  readonly #proxies: IpRanges | undefined;
  readonly #areUnixProxies: boolean;

  constructor({ endpoint, allowClients, proxyFrom }: Pick<Listener, 'endpoint' | 'allowClients' | 'proxyFrom'>) {
    this.#networks = endpoint === undefined ? undefined : IpRanges.of([...allowClients, ...proxyFrom]);
    const allows = (networks: readonly string[]): boolean => networks.every((one) => allowClients.includes(one));
    const isLocal = endpoint !== undefined && isLoopback(endpoint.ip);
    this.#areUnixProxies = proxyFrom.includes(UNIX_CLIENTS);
    this.#proxies = endpoint === undefined || proxyFrom.length === 0 ? undefined : IpRanges.of(proxyFrom);
    this.#admitsUnknown = allows(ALL_NETWORKS) || (isLocal && allows(LOOPBACK_NETWORKS));
  }

  /**
   * `peer`: a struct sockaddr; undefined for a client that has gone and whose address the kernel does not tell any more. Such a
   * client may have sent a request: it is admitted only where everybody is who can reach the listener.
   */
  admits(peer: Uint8Array | undefined): boolean {
    if (this.#networks === undefined) return true;
    const ip = peer === undefined ? undefined : lendIp(peer);
    return ip === undefined ? this.#admitsUnknown : this.#networks.hasClient(ip);
  }

  /** Whether an admitted client is a proxy that stands for many clients: it is not limited as one of them. */
  isProxy(peer: Uint8Array | undefined): boolean {
    if (this.#proxies === undefined) return this.#areUnixProxies;
    const ip = peer === undefined ? undefined : lendIp(peer);
    return ip !== undefined && this.#proxies.hasClient(ip);
  }
}
