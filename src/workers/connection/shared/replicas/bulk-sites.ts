// What is known of bulk transfers of a destination's site: all hosts and ports of its registrable domain, or of an address its /24
// or /48. While no site has any, nothing is looked up. The routes keep it; protocol/bulk decides.
import { formatIp, parseIp, unmapped } from '../../../../protocol/address/address.js';
import type { Target } from '../../../../protocol/address/target.js';
import { SiteRates } from '../../../../protocol/bulk/site-rates.js';
import { bulkKey } from '../../../../protocol/routes/destination-key.js';
import type { Sites } from '../sites.js';
import type { RoutesReplica } from './routes.js';

const IPV4_PREFIX_OCTETS = 3;
const IPV6_PREFIX_OCTETS = 6;

export class BulkSites {
  readonly #routes: Pick<RoutesReplica, 'hasBulk' | 'get'>;
  readonly #sites: Pick<Sites, 'isLoaded' | 'load' | 'of'>;

  constructor(routes: Pick<RoutesReplica, 'hasBulk' | 'get'>, sites: Pick<Sites, 'isLoaded' | 'load' | 'of'>) {
    this.#routes = routes;
    this.#sites = sites;
  }

  /** The key of a site's memory; undefined while the list of registrable domains is being loaded, which this begins. */
  keyOf(host: string): string | undefined {
    const ip = parseIp(host);
    if (ip !== undefined) return bulkKey(rangeOf(ip));
    if (!this.#sites.isLoaded) {
      this.#sites.load().catch(() => {});
      return undefined;
    }
    return bulkKey(this.#sites.of({ host, ip }));
  }

  /** Undefined where the site is not one of bulk transfers. */
  ratesOf({ host }: Pick<Target, 'host'>, now: number): SiteRates | undefined {
    if (!this.#routes.hasBulk) return undefined;
    const key = this.keyOf(host);
    const memory = key === undefined ? undefined : this.#routes.get(key, now);
    return memory && SiteRates.of(memory, now);
  }
}

function rangeOf(ip: Uint8Array): string {
  const own = unmapped(ip);
  const octets = own.length === 4 ? IPV4_PREFIX_OCTETS : IPV6_PREFIX_OCTETS;
  const prefix = new Uint8Array(own.length);
  prefix.set(own.subarray(0, octets));
  return `${formatIp(prefix)}/${octets * 8}`;
}
