// The site of a host: its registrable domain by the public suffix list (https://publicsuffix.org), with the private part of
// the list, so that two tenants of one hoster are two sites. An address is a site of its own, and so is a name without a
// registrable domain. The list is loaded only when a rule needs it, or something has come in bulk.
import { type DomainOf, loadDomainOf } from '../../../protocol/address/registrable-domain.js';
import type { Target } from '../../../protocol/address/target.js';
import type { RuleTables } from '../../../protocol/rules/compile.js';

export class Sites {
  #domainOf: DomainOf | undefined;
  #loading: Promise<void> | undefined;

  /** Loads the list if one of the rules needs it. To be called before the rules are in force. */
  async loadFor(tables: RuleTables | undefined): Promise<void> {
    const isNeeded = tables?.rulings.some((ruling) => ruling !== 'block' && ruling.sticky === 'site') ?? false;
    if (isNeeded) await this.load();
  }

  get isLoaded(): boolean {
    return this.#domainOf !== undefined;
  }

  /** Loads the list, if it is not loaded yet. */
  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<void> {
    this.#domainOf = await loadDomainOf();
  }

  of({ host, ip }: Pick<Target, 'host' | 'ip'>): string {
    return ip === undefined ? (this.#domainOf?.(host) ?? host) : host;
  }
}
