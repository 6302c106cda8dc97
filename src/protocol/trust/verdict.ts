// Derives the verdict on one address from the evidence against it: for which names, and from which servers, it is bad. The
// evidence is kept by blacklist.ts.
import type { Evidence, EvidenceKind, Verdict } from './evidence.js';
import { anyUnrelated } from './related-names.js';

/** What is known of an address besides the evidence. */
export interface AddressStanding {
  /** No site can have the address: it is reserved, or on the static list. */
  readonly worthless: boolean;
  /** The address has answered TLS for a name for which it was not injected. */
  readonly cleared: boolean;
}

/**
 * An address is bad for the names for which it was injected or spoofed. It is bad for all names only after spoofing, since
 * a real query may have two honest answers; and, since injectors also use live addresses of big sites, only if no site can
 * have the address, or if it was spoofed for unrelated names and has not shown itself to be a live server. An operator's word
 * holds as it was given.
 */
export function verdictOf(evidence: readonly Evidence[], { worthless, cleared }: AddressStanding): Verdict {
  const spoofed = namesOf(evidence, ['spoofing']);
  const injected = spoofed.length > 0 || evidence.some(({ how }) => how === 'spoofing');
  return {
    everywhere: isSaidOfAll(evidence) || (injected && (worthless || (!cleared && anyUnrelated(spoofed)))),
    names: namesOf(evidence, ['spoofing', 'injection', 'operator']),
    servers: [...new Set(evidence.filter(({ how }) => how === 'error-correction').map(({ by }) => by))],
    last: namesOf(evidence, ['outcome']),
    expires: Math.max(...evidence.map(({ expires }) => expires)),
  };
}

const isSaidOfAll = (evidence: readonly Evidence[]): boolean =>
  evidence.some(({ how, name }) => how === 'operator' && name === undefined);

/** The names for which there is evidence of these kinds. */
export function namesOf(evidence: readonly Evidence[], kinds: readonly EvidenceKind[]): string[] {
  return [...new Set(evidence.flatMap(({ how, name }) => (kinds.includes(how) ? (name ?? []) : [])))];
}
