// Evidence against addresses, and the verdicts on addresses and answers, as values. What follows from evidence is
// verdict.ts, the table of bad addresses is blacklist.ts. Nothing is decided here.

/**
 * How the evidence was found. `static`: the address is in the configuration. `error-correction`: a server gave it for a name
 * that cannot exist. `spoofing`: it came as an answer from a server that does not exist. `injection`: it came before, or in
 * contradiction to, the true answer to a real query. `outcome`: connections to it always fail, while the name works at
 * another address or through a proxy. `operator`: an operator has said so while the gateway ran. `site`: another gateway of the site
 * says that it has such evidence.
 */
export const EVIDENCE_KINDS = [
  'static',
  'error-correction',
  'spoofing',
  'injection',
  'outcome',
  'operator',
  'site',
] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** Times in milliseconds since the epoch, of a clock that does not go back. */
export interface Evidence {
  readonly how: EvidenceKind;
  /** The id of the server that gave the address (of the phantom server for spoofing); `config`, `connections`, `operator`, or a gateway. */
  readonly by: string;
  /** The normalised name for which the evidence holds; undefined: for all names. */
  readonly name: string | undefined;
  readonly since: number;
  /** When it was last found again. */
  readonly renewed: number;
  /** Infinity for an address of the configuration, and for one of an operator that has no end. */
  readonly expires: number;
  /** Of another gateway: its connections to the address fail, which makes the address suspect but not bad. */
  readonly suspects?: true;
}

/** An address with all evidence against it. */
export interface BadAddress {
  /** Canonical. An entry of the static list is as configured and may be a range (`192.0.2.0/24`). */
  readonly address: string;
  readonly evidence: readonly Evidence[];
  readonly verdict: Verdict;
}

/** What follows from the evidence against an address. */
export interface Verdict {
  /** Whether it is not to be used for any name, nor when a client asks for the address itself. */
  readonly everywhere: boolean;
  /** Names for which the address is not to be used. */
  readonly names: readonly string[];
  /** Those of them of which only an operator or other gateways speak, and this gateway has found nothing; absent for none. */
  readonly said?: readonly string[];
  /** Ids of the servers that are not believed when they give the address. */
  readonly servers: readonly string[];
  /** Names for which the address is tried last. */
  readonly last: readonly string[];
  /**
   * Names for which other gateways speak against it, too few to believe them: only a first contact lets others go before it. Absent
   * for none.
   */
  readonly told?: readonly string[];
  /** When the last of the evidence expires. */
  readonly expires: number;
}

/** `verdict` undefined: there is no evidence against the address any more. */
export interface BadAddressChange {
  readonly address: string;
  readonly verdict: Verdict | undefined;
}

/** The server that gave an answer. */
export interface AnsweringServer {
  /** As in the configuration and in the evidence: such as `udp://8.8.8.8:53`, or `system`. */
  readonly id: string;
  /** Whether it is a public server, so that private addresses in its answers are rebinding. */
  readonly public: boolean;
}

/** Why an address of an answer is not to be used, for people. */
export const DROP_REASONS = {
  static: 'it is in IpBlacklist',
  'error-correction': 'the server gives it for names that do not exist',
  spoofing: 'it was forged: it also came as an answer of servers that do not exist',
  injection: 'it was forged: it came ahead of the true answer to a question',
  rebinding: 'it is a private, loopback, multicast or documentation address, of a public server for a public name',
  companion: 'it was in one answer with a forged address',
  operator: 'an operator has said that it is bad',
  site: 'several other gateways have found that it is forged',
} as const;
export type DropReason = keyof typeof DROP_REASONS;

/** The verdict on one answer of a server. */
export interface AnswerVerdict {
  /** The addresses that may be used, with those to be tried last at the end. Empty when `suspect`. */
  readonly clean: readonly string[];
  /** Those of `clean` that are to be tried last; absent if there are none. */
  readonly last?: readonly string[];
  readonly dropped: readonly { readonly address: string; readonly why: DropReason }[];
  /** Whether the whole answer is not to be used: ask the next server. */
  readonly suspect: boolean;
}

/** The evidence against, and the verdict on, each entry of the static list. */
export const STATIC_EVIDENCE: Evidence = {
  how: 'static',
  by: 'config',
  name: undefined,
  since: 0,
  renewed: 0,
  expires: Number.POSITIVE_INFINITY,
};
export const STATIC_VERDICT: Verdict = {
  everywhere: true,
  names: [],
  servers: [],
  last: [],
  expires: Number.POSITIVE_INFINITY,
};
