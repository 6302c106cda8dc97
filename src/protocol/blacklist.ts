// The addresses that are not to be trusted, with the evidence against each, and what that means for an answer. Evidence
// is added, renewed, expires or is undone one by one, never replaced as a whole. Pure: the time is an argument. It
// probes nothing and dials nothing.
import type { AnsweringServer, AnswerVerdict, BadAddress, BadAddressChange, EvidenceKind } from './evidence.js';

export interface BlacklistOptions {
  /** Canonical addresses and ranges of the configuration. */
  readonly fixed: readonly string[];
  /** Names (with all below them), addresses and ranges that are exempt from the rebinding rule. */
  readonly rebindAllow: readonly string[];
  readonly addresses_max: number;
  /** How long evidence lasts that nothing renews. */
  readonly ttl_ms: number;
}

/** What was found out about an address. `name` undefined: it holds for all names. */
export interface Finding {
  readonly address: string;
  readonly how: Exclude<EvidenceKind, 'static'>;
  readonly by: string;
  readonly name: string | undefined;
}

export class Blacklist {
  constructor(_options: BlacklistOptions) {}

  /** Judges the addresses (canonical) of one answer of one server for a normalised name. */
  judge(_server: AnsweringServer, _name: string, addresses: readonly string[], _now: number): AnswerVerdict {
    return { clean: addresses, dropped: [], suspect: false };
  }

  /** Adds evidence, or renews the same evidence. */
  add(_finding: Finding, _now: number): void {}

  /** By hand: drops all evidence against an address but the static. False if there was none. */
  undo(_address: string): boolean {
    return false;
  }

  /** Drops what has expired. To be called now and then. */
  expire(_now: number): void {}

  /** What has changed since the last call, for those who hold replicas. */
  changes(): BadAddressChange[] {
    return [];
  }

  /** Everything that is held against anything now, the static list first. */
  list(_now: number): BadAddress[] {
    return [];
  }
}
