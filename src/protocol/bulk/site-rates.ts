// What lines carry for a site, where the site is one of bulk transfers: the view of a site's memory by which lines are ordered, and
// which is shown to people. Pure.
import type { Rates } from './compare.js';
import type { LineRates } from './state.js';
import type { Traffic } from './traffic.js';
import type { Way } from './transfer.js';

/** The memory of a site. */
interface SiteMemory {
  readonly traffic: Traffic | undefined;
  readonly candidates: readonly { readonly line: number; readonly rates: LineRates | undefined }[];
}

/** What a line carries for a site. */
export interface LineRate {
  readonly line: number;
  readonly bytes_s: number;
  readonly age_ms: number;
}

export class SiteRates implements Rates {
  /** The way most of the site's bytes go. */
  readonly way: Way;
  readonly #memory: SiteMemory;
  readonly #now: number;

  private constructor(way: Way, memory: SiteMemory, now: number) {
    this.way = way;
    this.#memory = memory;
    this.#now = now;
  }

  /** Undefined where the site is not one of bulk transfers. */
  static of(memory: SiteMemory, now: number): SiteRates | undefined {
    const way = memory.traffic?.bulk;
    return way === undefined ? undefined : new SiteRates(way, memory, now);
  }

  rateOf(line: number): number | undefined {
    const one = this.#memory.candidates.find((candidate) => candidate.line === line)?.rates?.[this.way];
    return one?.isKnown(this.#now) ? one.bytes_s : undefined;
  }

  /** All lines that have been measured. */
  get measured(): readonly LineRate[] {
    return this.#memory.candidates.flatMap(({ line, rates }) => {
      const rate = rates?.[this.way];
      return rate?.isKnown(this.#now) ? [{ line, bytes_s: rate.bytes_s, age_ms: this.#now - rate.at }] : [];
    });
  }
}
