// What an outcome means to the one who asked: the answer of the contract, with a TTL inside the configured bounds.
import type { LookupAnswer } from '../../protocol/messages.js';
import { interleave } from '../../protocol/names.js';
import type { Options } from '../../protocol/options.js';
import type { PairOutcome } from './pair.js';

type TtlLimits = Pick<Options['dns'], 'ttl_min_s' | 'ttl_max_s' | 'negative_ttl_s'>;

/** `lacking_ttl_s` bounds how long an answer is good in which one family is missing. */
export function answerOf(outcome: PairOutcome, limits: TtlLimits, lacking_ttl_s: number): LookupAnswer {
  switch (outcome.kind) {
    case 'found': {
      const ttl_s = Math.max(limits.ttl_min_s, Math.min(limits.ttl_max_s, outcome.ttl_s));
      const addresses = interleave(outcome.addresses);
      return { code: 'found', addresses, ttl_s: outcome.lacking ? Math.min(ttl_s, lacking_ttl_s) : ttl_s };
    }
    case 'none': {
      // RFC 2308 section 5; no floor, since a name that has just been made should soon be seen.
      const ttl_s = Math.min(limits.ttl_max_s, outcome.ttl_s ?? limits.negative_ttl_s);
      return { code: 'no-such-name', ttl_s: outcome.lacking ? Math.min(ttl_s, lacking_ttl_s) : ttl_s };
    }
    case 'failed':
      return { code: 'failed', reason: outcome.reason };
    default:
      return outcome satisfies never;
  }
}
