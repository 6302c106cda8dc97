// What the admin actor asks of the DNS actor, called through comlink over a MessagePort, and the shapes of its answers. Types only.
// Addresses are canonical texts, names are normalised.
import type { BadAddressPage, PageAsked } from '../../../protocol/trust/bad-address-page.js';
import type { Said } from '../../../protocol/trust/blacklist.js';
import type { AnswerVerdict, BadAddress } from '../../../protocol/trust/evidence.js';
import type { NameExplanation, NamesStatistics } from '../dns.js';

/** What one server has said, and what of it is used now. */
export interface KeptPart {
  /** Its id. */
  readonly server: string;
  readonly addresses: readonly string[];
  readonly dropped: AnswerVerdict['dropped'];
  /** Those that are tried last. */
  readonly last: readonly string[];
}

/** An answer in the cache. */
export interface KeptAnswer {
  /** The name as it was asked: with a dot at its end, or without one. */
  readonly asked: string;
  /** `none`: there is no such name, or it `exists` and has no address. */
  readonly kind: 'found' | 'none';
  readonly exists: boolean;
  /** One address family is missing, since it failed. */
  readonly is_partial: boolean;
  /** `due`: still valid, and renewed with the next use. `stale`: expired, and used only while no new one comes. */
  readonly freshness: 'fresh' | 'due' | 'stale';
  /** Until it expires; 0 for a stale one. */
  readonly ttl_s: number;
  readonly age_s: number;
  /** Renewing it has failed less than half a minute ago. */
  readonly is_resting: boolean;
  /** One for each family that has addresses. */
  readonly parts: readonly KeptPart[];
}

export interface KnownName {
  readonly name: string;
  /** From a hosts file, which comes before all servers; undefined where it has none. */
  readonly hosts: readonly string[] | undefined;
  readonly answers: readonly KeptAnswer[];
  readonly is_in_flight: boolean;
}

/** `busy`: as many names are being asked for by hand as may be at a time. */
export type AskedServers =
  | { readonly code: 'asked'; readonly explanation: NameExplanation }
  | { readonly code: 'busy' };

/** Served by the DNS actor. */
export interface NamesAdmin {
  statistics(): Promise<NamesStatistics>;
  /** What is kept of a name. Asks nobody. Undefined for a text that is no name. */
  known(name: string): Promise<KnownName | undefined>;
  /**
   * Forgets the answers of a name, here and in all connection actors. Resolves with how many there were here; undefined for a text
   * that is no name.
   */
  flush(name: string): Promise<number | undefined>;
  /** Asks all servers of both lists for one name, and judges each answer: see `NamesControl.explain`. */
  ask(name: string): Promise<AskedServers>;
  badAddresses(asked: PageAsked): Promise<BadAddressPage>;
  /** What speaks against an address; undefined if nothing does. */
  badAddress(address: string): Promise<BadAddress | undefined>;
  /** An operator says that an address is bad for a name, or (undefined) for all. `lasts_ms` undefined: until it is undone. */
  sayBad(address: string, name: string | undefined, lasts_ms: number | undefined): Promise<Said>;
  /** Drops the evidence against an address, but not the static list. False if there was none. */
  undoBadAddress(address: string): Promise<boolean>;
}
