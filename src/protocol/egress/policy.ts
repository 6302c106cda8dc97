// The egress policy: whether clients may reach an address and port. Of all entries that have the address and the port, the one
// with the smallest network decides. Where two have the same network, the one with ports decides, then `allow`. An address of
// the machine (`own`) counts as a network of one address, behind one that is written as such. It is asked for every candidate:
// a binary search that allocates nothing, and no call at all where no entry is configured. It resolves no name.
import { embeddedIpv4s } from '../address/embedded-ipv4.js';
import { formatIpRange, type IpRange } from '../address/ip-range.js';
import { isLoopback } from '../address/own-listeners.js';
import { type Failure, failureOf } from '../race/failure.js';
import { ChainBuilder, NO_RULE, RuleChains, RuleLists } from '../rules/chains.js';
import { buildCidrTables, CidrTable } from '../rules/cidr-table.js';
import { DEFAULT_DENIALS, type EgressEntry, type EgressOptions, formatEgressEntry, parseEgressEntry } from './entry.js';

/** The lists in the order in which they decide where all else is equal, and how a denial names them. */
const LISTS = { allow: '', deny: 'egress.deny', default: 'by default' } as const;
type List = keyof typeof LISTS;
const ORDER = Object.keys(LISTS) as List[];

/** One network of an entry. */
interface Ranked {
  readonly list: List;
  readonly entry: EgressEntry;
  /** Undefined for the machine's own addresses. */
  readonly network: IpRange | undefined;
  /** The number of free bits: the smaller the network, the sooner it decides. */
  readonly free: number;
}

/** That of the machine's own addresses: behind one address that is written out, before every larger network. */
const OWN_FREE = 0.5;

export class EgressPolicy {
  /** Whether everything is allowed. */
  readonly isEmpty: boolean;
  /** By number, which is the place in the order of decision; undefined for an entry that allows. */
  readonly #denials: readonly (Failure | undefined)[];
  readonly #chains: RuleChains;
  readonly #four: CidrTable;
  readonly #six: CidrTable;
  /** The entries for the machine's own addresses (see chains.ts), and the number of the first of them. */
  readonly #own: number;
  readonly #firstOwn: number;
  readonly #isMachines: (ip: Uint8Array) => boolean;

  /** `isMachines` says whether this machine has an address other than loopback; it is asked only where an entry is `own`. */
  constructor(options: EgressOptions, isMachines: (ip: Uint8Array) => boolean) {
    const ranked = rank(options);
    const rules = ranked.map(({ entry: { ports } }) => ({ ports: ports === undefined ? [] : [ports] }));
    const lists = new RuleLists(rules);
    for (const [number, { network }] of ranked.entries()) lists.add(keyOf(network), number);
    const chains = new ChainBuilder(rules);
    const tables = [4, 16].map((octets) => buildCidrTables(octets, networksOf(ranked, lists, octets), chains));
    this.#own = chains.head(lists.get(keyOf(undefined)));
    this.#firstOwn = ranked.findIndex(({ network }) => network === undefined);
    this.#chains = new RuleChains(chains.tables());
    const [four, six] = tables.map((table) => new CidrTable(table, this.#chains));
    this.#four = four as CidrTable;
    this.#six = six as CidrTable;
    this.#denials = ranked.map(denialOf);
    this.isEmpty = this.#denials.every((denial) => denial === undefined);
    this.#isMachines = isMachines;
  }

  /**
   * Why clients may not reach an address (4 bytes, or 16 that are not mapped) at a port; undefined if they may. An IPv6
   * address that stands for an IPv4 address must be allowed as both, and as each one that it may stand for.
   */
  denies(ip: Uint8Array, port: number): Failure | undefined {
    if (this.isEmpty) return undefined;
    const denied = this.#judge(ip, port);
    if (denied !== undefined || ip.length === 4) return denied;
    for (const four of embeddedIpv4s(ip)) {
      const deniedAs = this.#judge(four, port);
      if (deniedAs !== undefined) return deniedAs;
    }
    return undefined;
  }

  #judge(ip: Uint8Array, port: number): Failure | undefined {
    const table = ip.length === 4 ? this.#four : this.#six;
    const written = table.lowest(ip, port, NO_RULE);
    const decides =
      written > this.#firstOwn && this.#isOwn(ip) ? this.#chains.lower(this.#own, port, written) : written;
    return decides === NO_RULE ? undefined : this.#denials[decides];
  }

  #isOwn(ip: Uint8Array): boolean {
    return this.#firstOwn >= 0 && !isLoopback(ip) && this.#isMachines(ip);
  }
}

function rank({ allow, deny, guarded }: EgressOptions): readonly Ranked[] {
  const listed = [
    ...allow.map((text) => ({ list: 'allow' as const, text })),
    ...deny.map((text) => ({ list: 'deny' as const, text })),
    ...(guarded ? DEFAULT_DENIALS : []).map((text) => ({ list: 'default' as const, text })),
  ];
  const ranked = listed.flatMap(({ list, text }): Ranked[] => {
    const entry = parseEgressEntry(text);
    if (entry === undefined) throw new Error(`not an entry of the egress policy: ${text}`);
    if (entry.word === 'own') return [{ list, entry, network: undefined, free: OWN_FREE }];
    return entry.networks.map((network) => ({ list, entry, network, free: network.ip.length * 8 - network.prefix }));
  });
  return ranked.sort(
    (a, b) =>
      a.free - b.free ||
      Number(a.entry.ports === undefined) - Number(b.entry.ports === undefined) ||
      ORDER.indexOf(a.list) - ORDER.indexOf(b.list),
  );
}

/** The networks of one family, each once, with the numbers of its entries. */
function networksOf(ranked: readonly Ranked[], lists: RuleLists, octets: number) {
  const networks = new Map<string, IpRange>();
  for (const { network } of ranked) if (network?.ip.length === octets) networks.set(keyOf(network), network);
  return [...networks].map(([key, range]) => ({ range, rules: lists.get(key) }));
}

function keyOf(network: IpRange | undefined): string {
  return network === undefined ? '' : formatIpRange(network);
}

/** It names the entry that denied, and of a word also the network. */
function denialOf({ list, entry, network }: Ranked): Failure | undefined {
  if (list === 'allow') return undefined;
  const text = formatEgressEntry(entry);
  const which = entry.word === undefined || network === undefined ? text : `${text} ${formatIpRange(network)}`;
  return failureOf('egress-denied', `${LISTS[list]}: ${which}`);
}
