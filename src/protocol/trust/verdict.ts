// What follows from the evidence against one address: for whom, and for which names, it is bad. The rules; what is held
// against which address is blacklist.ts.
import type { Evidence, EvidenceKind, Verdict } from './evidence.js';
import { anyUnrelated } from './related-names.js';

export interface AddressStanding {
  /** No site can have it: reserved, or on the static list. */
  readonly worthless: boolean;
  /** It has answered TLS for a name that it was not injected for. */
  readonly cleared: boolean;
}

/**
 * An injected address is bad for the names that it was injected for. Injectors use live addresses of big sites too, so
 * it is bad for all names only if no site can have it, or if it was injected for names that have nothing to do with each
 * other and has not shown itself to be a live server. A real query may have had two honest answers: only spoofing, where
 * there was nobody to answer, makes an address bad for all names.
 */
export function verdictOf(evidence: readonly Evidence[], { worthless, cleared }: AddressStanding): Verdict {
  const spoofed = namesOf(evidence, ['spoofing']);
  const injected = spoofed.length > 0 || evidence.some(({ how }) => how === 'spoofing');
  return {
    everywhere: injected && (worthless || (!cleared && anyUnrelated(spoofed))),
    names: namesOf(evidence, ['spoofing', 'injection']),
    servers: [...new Set(evidence.filter(({ how }) => how === 'error-correction').map(({ by }) => by))],
    last: namesOf(evidence, ['outcome']),
    expires: Math.max(...evidence.map(({ expires }) => expires)),
  };
}

/** The names that evidence of these kinds is about. */
export function namesOf(evidence: readonly Evidence[], kinds: readonly EvidenceKind[]): string[] {
  return [...new Set(evidence.flatMap(({ how, name }) => (kinds.includes(how) ? (name ?? []) : [])))];
}
