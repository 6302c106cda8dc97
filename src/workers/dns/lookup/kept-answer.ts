// An answer of the cache as an operator sees it: who has said what, and what is left out of it now. Pure.
import { withoutDot } from '../../../protocol/address/host-name.js';
import type { KeptAnswer, KeptPart } from '../../../threads/contracts/admin/names.js';
import type { Judge } from '../ask/judge.js';
import type { Kept } from './cache.js';
import type { Part } from './pair.js';

const seconds = (ms: number): number => Math.round(ms / 100) / 10;

/** `asked`: the name as it was asked. Undefined where nothing is kept. */
export function keptAnswer(asked: string, kept: Kept | undefined, judge: Judge): KeptAnswer | undefined {
  if (kept === undefined) return undefined;
  const { answer, freshness, left_ms, age_ms, isResting } = kept;
  const name = withoutDot(asked);
  return {
    ...{ asked, kind: answer.kind, exists: answer.kind === 'found' || answer.exists, is_partial: answer.lacking },
    ...{ freshness, ttl_s: seconds(left_ms), age_s: seconds(age_ms), is_resting: isResting },
    parts: answer.kind === 'found' ? answer.parts.flatMap((part) => keptPart(name, part, judge)) : [],
  };
}

/** Answers of hosts files are not kept. */
function keptPart(name: string, { addresses, server }: Part, judge: Judge): KeptPart[] {
  if (server === undefined) return [];
  const { dropped, last = [] } = judge.judge(server.identity, name, addresses);
  return [{ server: server.identity.id, addresses, dropped, last }];
}
