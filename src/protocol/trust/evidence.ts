// What is held against an address: how it was found out, by whom, for which name, since when and until when. What
// follows from it is verdict.ts, who is held what against is blacklist.ts.

/**
 * `static`: the configuration. `error-correction`: a server gave it for a name that cannot exist. `spoofing`: it came
 * from a server that does not exist. `injection`: it came ahead of, or against, the true answer to a real query.
 * `outcome`: connections to it only ever fail where the same name works otherwise.
 */
export type EvidenceKind = 'static' | 'error-correction' | 'spoofing' | 'injection' | 'outcome';

/** Times in milliseconds since the epoch, of a clock that does not go back. */
export interface Evidence {
  readonly how: EvidenceKind;
  /** The server's id that gave the address (the phantom's for spoofing); `config`, or `connections`. */
  readonly by: string;
  /** The name that it holds for, normalised; undefined: for all names. */
  readonly name: string | undefined;
  readonly since: number;
  /** When it was last seen again. */
  readonly renewed: number;
  /** Infinity for what stands in the configuration. */
  readonly expires: number;
}

/** An address with all that is held against it. */
export interface BadAddress {
  /** Canonical. An entry of the static list is as configured, a range (`192.0.2.0/24`) among them. */
  readonly address: string;
  readonly evidence: readonly Evidence[];
  readonly verdict: Verdict;
}

/** What follows from the evidence, for those who dial. */
export interface Verdict {
  /** Not to be used for any name, nor as a literal. */
  readonly everywhere: boolean;
  /** Names for which it is not to be used. */
  readonly names: readonly string[];
  /** Ids of the servers from which it is not believed. */
  readonly servers: readonly string[];
  /** Names for which it is tried last. */
  readonly last: readonly string[];
  /** When the last of the evidence expires. */
  readonly expires: number;
}

/** undefined: nothing is held against it any more. */
export interface BadAddressChange {
  readonly address: string;
  readonly verdict: Verdict | undefined;
}

/** Who gave an answer. */
export interface AnsweringServer {
  /** The same in the configuration, in the evidence and in what is shown: such as `udp://8.8.8.8:53`, or `system`. */
  readonly id: string;
  /** Whether it answers for the world at large, so that private addresses in its answers are rebinding. */
  readonly public: boolean;
}

export type DropReason =
  | 'static'
  | 'error-correction'
  | 'spoofing'
  | 'injection'
  /** A private, loopback, multicast or documentation address for a public name. */
  | 'rebinding'
  /** Nothing against it, but it came in one answer with an injected address. */
  | 'companion';

export interface AnswerVerdict {
  /** What may be used, those to be tried last at the end. Empty when `suspect`. */
  readonly clean: readonly string[];
  /** Those of `clean` that are to be tried last; absent if there are none. */
  readonly last?: readonly string[];
  readonly dropped: readonly { readonly address: string; readonly why: DropReason }[];
  /** Not to be used at all: ask the next server. */
  readonly suspect: boolean;
}

/** What the static list comes to. */
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
