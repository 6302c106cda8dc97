// What came of asking for a name, as connections use it: addresses, or a failure, and what it proves of other addresses. It asks
// nobody.
import { parseIp } from '../../../../protocol/address/address.js';
import { type Failure, type FailureCode, failureOf } from '../../../../protocol/race/failure.js';
import type { LookupAnswer } from '../../../../threads/contracts/dns.js';

/**
 * What an outcome proves about an address that is not in it: that the name no longer has it (`all`); the same, but only if
 * the outcome has other addresses of that family (`by-family`); or nothing (`none`).
 */
export type Proof = 'all' | 'by-family' | 'none';

export type NameOutcome = { readonly proof: Proof } & (
  | { readonly kind: 'found'; readonly ips: readonly Uint8Array[] }
  | { readonly kind: 'failed'; readonly failure: Failure }
);

export function outcomeOf(answer: LookupAnswer): NameOutcome {
  switch (answer.code) {
    case 'found':
      return {
        kind: 'found',
        ips: answer.addresses.map(parseIp).filter((ip) => ip !== undefined),
        proof: proofOf(answer),
      };
    case 'no-such-name': {
      const detail = answer.exists ? 'it has no address' : undefined;
      return { ...failed('no-such-name', detail), proof: proofOf(answer) };
    }
    case 'failed':
      return failed('dns-failed', answer.reason);
    case 'overloaded':
      return failed('too-many-lookups');
    default:
      return answer satisfies never;
  }
}

function proofOf({ partial, stale }: { readonly partial?: true; readonly stale?: true }): Proof {
  if (stale) return 'none';
  return partial ? 'by-family' : 'all';
}

/** The same, which proves nothing. */
export const doubtful = (outcome: NameOutcome): NameOutcome => ({ ...outcome, proof: 'none' });

export function failed(code: FailureCode, detail?: string): NameOutcome {
  return { kind: 'failed', failure: failureOf(code, detail), proof: 'none' };
}
