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
  /** So many other gateways must have found that an address is bad before it is. */
  readonly quorum: number;
}

/**
 * An address is bad for the names for which it was injected or spoofed. It is bad for all names only after spoofing, since
 * a real query may have two honest answers; and, since injectors also use live addresses of big sites, only if no site can
 * have the address, or if it was spoofed for unrelated names and has not shown itself to be a live server. An operator's word
 * holds as it was given. What other gateways say holds for one name, and makes the address bad only where many say so.
 */
export function verdictOf(evidence: readonly Evidence[], { worthless, cleared, quorum }: AddressStanding): Verdict {
  const spoofed = namesOf(evidence, ['spoofing']);
  const injected = spoofed.length > 0 || evidence.some(({ how }) => how === 'spoofing');
  const found = namesOf(evidence, ['spoofing', 'injection']);
  const own = namesOf(evidence, ['spoofing', 'injection', 'operator']);
  const { agreed, told } = heardOf(evidence, new Set(own), quorum);
  const said = [...own.filter((name) => !found.includes(name)), ...agreed];
  return {
    everywhere: isSaidOfAll(evidence) || (injected && (worthless || (!cleared && anyUnrelated(spoofed)))),
    names: [...own, ...agreed],
    ...(said.length > 0 ? { said } : {}),
    servers: [...new Set(evidence.filter(({ how }) => how === 'error-correction').map(({ by }) => by))],
    last: namesOf(evidence, ['outcome']),
    ...(told.length > 0 ? { told } : {}),
    expires: Math.max(...evidence.map(({ expires }) => expires)),
  };
}

const isSaidOfAll = (evidence: readonly Evidence[]): boolean =>
  evidence.some(({ how, name }) => how === 'operator' && name === undefined);

/** Names of which other gateways speak: those for which enough have found the address to be bad, and those of which fewer say anything. */
function heardOf(evidence: readonly Evidence[], own: ReadonlySet<string>, quorum: number) {
  // For each name there is one piece of evidence of each gateway.
  const accusers = new Map<string, number>();
  for (const { how, name, suspects } of evidence) {
    if (how !== 'site' || name === undefined || own.has(name)) continue;
    accusers.set(name, (accusers.get(name) ?? 0) + (suspects === true ? 0 : 1));
  }
  const names = [...accusers.keys()];
  const isAgreed = (name: string): boolean => (accusers.get(name) as number) >= quorum;
  return { agreed: names.filter(isAgreed), told: names.filter((name) => !isAgreed(name)) };
}

/** The names for which there is evidence of these kinds. */
export function namesOf(evidence: readonly Evidence[], kinds: readonly EvidenceKind[]): string[] {
  return [...new Set(evidence.flatMap(({ how, name }) => (kinds.includes(how) ? (name ?? []) : [])))];
}
