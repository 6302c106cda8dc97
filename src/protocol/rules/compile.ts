// Compiles rules to flat tables, which all threads share and match.ts reads. It expects rules that have been checked, and
// reads no file. The thread that runs it is workers/rules/compile.ts.
import { type IpRange, parseIpRange } from '../address/ip-range.js';
import { ChainBuilder, type ChainTables, RuleLists } from './chains.js';
import { buildCidrTables, type CidrTables } from './cidr-table.js';
import { buildClientTables, type ClientConditions, type ClientTables } from './clients.js';
import { ENTRIES_MAX } from './list.js';
import type { ListFile, Rule, Ruling } from './rule.js';
import { buildSuffixTables, type SuffixTables } from './suffix-table.js';

export interface RuleTables {
  /** The different rulings, and by rule the place of its ruling. */
  readonly rulings: readonly Ruling[];
  readonly rulingOf: Uint32Array;
  readonly chains: ChainTables;
  readonly names: SuffixTables;
  readonly four: CidrTables;
  readonly six: CidrTables;
  /** The head (see chains.ts) of the rules for any destination. */
  readonly anywhere: number;
  /** Undefined when every rule is for all clients. */
  readonly clients: ClientTables | undefined;
  /** The number of names and ranges of all rules, of destinations and of clients, with repetitions. */
  readonly entries: number;
}

/** `listed` gives the entries of a file. Returns undefined when all rules together have more than ENTRIES_MAX entries. */
export function compileRules(
  rules: readonly Rule[],
  listed: (file: ListFile) => readonly string[],
): RuleTables | undefined {
  const byKind = { domain: new RuleLists(rules), domain_suffix: new RuleLists(rules), cidr: new RuleLists(rules) };
  const anywhere = new RuleLists(rules);
  let entries = 0;
  for (const [number, { destinations, clients }] of rules.entries()) {
    if (clients !== undefined) entries += countOf(clients);
    if (entries > ENTRIES_MAX) return undefined;
    if (destinations === undefined) {
      anywhere.add('', number);
      continue;
    }
    const written = (['domain', 'domain_suffix', 'cidr'] as const).map((kind) => ({ kind, list: destinations[kind] }));
    const read = destinations.files.map((file) => ({ kind: file.kind, list: listed(file) }));
    for (const { kind, list } of [...written, ...read]) {
      entries += list.length;
      if (entries > ENTRIES_MAX) return undefined;
      for (const entry of list) byKind[kind].add(entry, number);
    }
  }
  const chains = new ChainBuilder(rules);
  const names = buildSuffixTables(byKind.domain, byKind.domain_suffix, chains);
  const ruled = [...byKind.cidr.keys()].map((text) => ({ range: rangeOf(text), rules: byKind.cidr.get(text) }));
  const [four, six] = [4, 16].map((octets) =>
    buildCidrTables(
      octets,
      ruled.filter(({ range }) => range.ip.length === octets),
      chains,
    ),
  );
  const head = chains.head(anywhere.get(''));
  const conditions = rules.map(({ clients }) => clients);
  const clients = conditions.every((one) => one === undefined) ? undefined : buildClientTables(conditions);
  return { ...numbered(rules), names, four, six, anywhere: head, clients, entries, chains: chains.tables() };
}

function countOf({ client, user, tag, listener }: ClientConditions): number {
  return client.length + user.length + tag.length + listener.length;
}

function numbered(rules: readonly Rule[]): Pick<RuleTables, 'rulings' | 'rulingOf'> {
  const rulings: Ruling[] = [];
  const places = new Map<string, number>();
  const rulingOf = Uint32Array.from(rules, ({ ruling }) => {
    const key = JSON.stringify(ruling);
    const place = places.get(key) ?? rulings.push(ruling) - 1;
    places.set(key, place);
    return place;
  });
  return { rulings, rulingOf };
}

function rangeOf(text: string): IpRange {
  const range = parseIpRange(text);
  if (range === undefined) throw new Error(`not an IP range: ${text}`);
  return range;
}
