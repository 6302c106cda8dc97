// Turns an outcome into the caller's answer: the addresses that are not bad now, in the order to try them, and a TTL inside
// the configured bounds. It keeps nothing.
import { isAmong, orderAddresses, type SourceAddresses } from '../../../protocol/address/address-order.js';
import { interleave, withoutDot } from '../../../protocol/address/host-name.js';
import type { Options } from '../../../protocol/options.js';
import type { LookupAnswer } from '../../../threads/contracts/dns.js';
import type { Judge } from '../ask/judge.js';
import type { PairAnswer } from './pair.js';

type TtlLimits = Pick<Options['dns'], 'ttl_min_s' | 'ttl_max_s' | 'negative_ttl_s'>;

/** How long an answer is valid, in seconds. One in which a family is missing holds no longer than `lacking_ttl_s`. */
export function ttlOf(answer: PairAnswer, limits: TtlLimits, lacking_ttl_s = limits.negative_ttl_s): number {
  const ttl_s =
    answer.kind === 'found'
      ? Math.max(limits.ttl_min_s, Math.min(limits.ttl_max_s, answer.ttl_s))
      : // RFC 2308 section 5; no floor, since a name that has just been made should soon be seen.
        Math.min(limits.ttl_max_s, answer.ttl_s ?? limits.negative_ttl_s);
  return answer.lacking ? Math.min(ttl_s, lacking_ttl_s) : ttl_s;
}

/**
 * Which v6 addresses are used. `near`, without a v6 route: addresses of hosts files (the operator means them) and the
 * machine's own ones, which need no route.
 */
export type Ipv6Use = 'all' | 'near' | 'none';

export interface View {
  readonly judge: Judge;
  /** The machine's own addresses. */
  readonly sources: SourceAddresses;
  readonly ipv6: Ipv6Use;
  /** The answer has expired. */
  readonly isStale?: boolean;
}

/** Takes a name as it was asked. Returns undefined once every address is bad. */
export function answerOf(asked: string, answer: PairAnswer, ttl_s: number, view: View): LookupAnswer | undefined {
  const held = {
    ttl_s,
    ...(answer.lacking ? { partial: true as const } : {}),
    ...(view.isStale ? { stale: true as const } : {}),
  };
  if (answer.kind === 'none') return { code: 'no-such-name', exists: answer.exists, ...held };
  const name = withoutDot(asked);
  const usual: string[] = [];
  const last: string[] = [];
  let isKnown = false;
  for (const { addresses, server } of answer.parts) {
    // The machine's own hosts files are believed without a judgement.
    const judged = server === undefined ? undefined : view.judge.judge(server.identity, name, addresses);
    for (const address of judged?.clean ?? addresses) {
      isKnown = true;
      if (!isOfUse(address, server === undefined, view)) continue;
      if (judged?.last?.includes(address)) last.push(address);
      else usual.push(address);
    }
  }
  if (!isKnown) return undefined;
  const addresses = last.length === 0 ? inOrder(usual, view) : [...inOrder(usual, view), ...inOrder(last, view)];
  return addresses.length === 0
    ? { code: 'no-such-name', exists: true, ...held }
    : { code: 'found', addresses, ...held };
}

function isOfUse(address: string, ofFile: boolean, { ipv6, sources }: View): boolean {
  if (ipv6 === 'all' || !address.includes(':')) return true;
  return ipv6 === 'near' && (ofFile || isAmong(address, sources));
}

function inOrder(addresses: readonly string[], { sources }: View): readonly string[] {
  return interleave(orderAddresses(addresses, sources));
}
