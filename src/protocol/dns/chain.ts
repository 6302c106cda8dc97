// The addresses of a name among the records of an answer: at the end of the CNAME chain that begins at the name. It judges
// no message.
import type { Answer } from './dns-packet.js';
import { isSameName, lowerCase } from './letter-case.js';

/** Resolvers too give up at about this length of a chain. */
const CNAMES_MAX = 16;
/** Addresses of one family; far more than a race could dial. */
const ADDRESSES_MAX = 64;
/** RFC 2181 section 8: a TTL with the top bit set counts as zero. */
const TTL_MAX_S = 2 ** 31 - 1;

export interface Addresses {
  readonly kind: 'addresses';
  readonly addresses: readonly string[];
  readonly ttl_s: number;
}

export type ChainFault = 'chain-loop' | 'chain-too-long';

type Chain = Addresses | { readonly kind: 'invalid'; readonly code: ChainFault };

interface Asked {
  /** In lower case. */
  readonly name: string;
  readonly type: 'A' | 'AAAA';
}

/** The addresses at the end of the CNAME chain that begins at the question; undefined if there are none. */
export function followChain(records: readonly Answer[], { name, type }: Asked): Chain | undefined {
  const visited: string[] = [];
  let owner = name;
  let ttl_s = TTL_MAX_S;
  for (;;) {
    const found = recordsOf(owner, records, type);
    if (found.addresses.length > 0) {
      return { kind: 'addresses', addresses: found.addresses, ttl_s: Math.min(ttl_s, found.ttl_s) };
    }
    if (found.alias === undefined) return undefined;
    visited.push(owner);
    owner = lowerCase(found.alias);
    if (visited.includes(owner)) return { kind: 'invalid', code: 'chain-loop' };
    if (visited.length > CNAMES_MAX) return { kind: 'invalid', code: 'chain-too-long' };
    ttl_s = Math.min(ttl_s, found.ttl_s);
  }
}

interface Found {
  readonly addresses: string[];
  /** The target of the name's CNAME; undefined if it has none. */
  alias: string | undefined;
  ttl_s: number;
}

/** The addresses or the alias of one owner (in lower case). Called at most `CNAMES_MAX` times or so for one message. */
function recordsOf(owner: string, records: readonly Answer[], type: Asked['type']): Found {
  const found: Found = { addresses: [], alias: undefined, ttl_s: TTL_MAX_S };
  let alias_ttl_s = TTL_MAX_S;
  for (const record of records) {
    if ((record.type !== type && record.type !== 'CNAME') || record.class !== 'IN') continue;
    if (!isSameName(record.name, owner)) continue;
    const ttl_s = saneTtl(record.ttl ?? 0);
    if (record.type === 'CNAME') {
      if (found.alias === undefined) alias_ttl_s = ttl_s;
      found.alias ??= record.data;
    } else if (found.addresses.length < ADDRESSES_MAX && !found.addresses.includes(record.data)) {
      found.addresses.push(record.data);
      found.ttl_s = Math.min(found.ttl_s, ttl_s);
    }
  }
  if (found.addresses.length === 0) found.ttl_s = alias_ttl_s;
  return found;
}

export function saneTtl(ttl_s: number): number {
  return ttl_s > TTL_MAX_S ? 0 : ttl_s;
}
