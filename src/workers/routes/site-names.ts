// The names of the sites of destinations. The list of public suffixes takes some megabytes and tens of milliseconds, so that it is
// loaded once, in this actor, and only where there is a choice of lines and something to remember.
import { type DomainOf, loadDomainOf } from '../../protocol/address/registrable-domain.js';
import { hostOf } from '../../protocol/routes/destination-key.js';

export class SiteNames {
  #isWanted: boolean;
  #loading: Promise<void> | undefined;
  #domainOf: DomainOf | undefined;

  /** `lines`: how many lines there are. */
  constructor(lines: number) {
    this.#isWanted = lines > 1;
  }

  setLines(lines: number): void {
    this.#isWanted = lines > 1;
  }

  /** Resolves once the list has been loaded; undefined where no names are wanted. */
  load(): Promise<void> | undefined {
    if (!this.#isWanted) return undefined;
    this.#loading ??= loadDomainOf().then((domainOf) => {
      this.#domainOf = domainOf;
    });
    return this.#loading;
  }

  /** The site of a destination by its key; undefined for an address, for one asker's, and before the list has been loaded. */
  of(destination: string): string | undefined {
    const host = this.#domainOf === undefined ? undefined : hostOf(destination);
    // No list has an address.
    if (host === undefined || host.startsWith('[') || /^[0-9.]+$/.test(host)) return undefined;
    return this.#domainOf?.(host) ?? undefined;
  }
}
