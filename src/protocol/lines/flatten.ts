// Flattens the upstream tree into lines: `{proxy A, upstream: U}` means "reach A through U", so U's hops come first, and a
// `multipath` anywhere multiplies the lines above it. It validates nothing: the tree has been checked, and is not deeper than
// the call stack allows (see main/config/checks/lines/upstream.ts).
import { type Budget, type BudgetedPart, budgetOf } from '../budget/budget.js';
import type { Hop, Line, ProxyKind, ProxyServer, Source } from './line.js';
import { LineNumbers } from './numbers.js';
import { type Preference, preferred, USUAL } from './preference.js';
import { sourceText } from './source.js';

/** What a node says of all lines below it, unless a node further below says otherwise. */
interface Node {
  readonly preference?: Partial<Preference>;
  /** What the lines below it may carry together. */
  readonly budget?: BudgetedPart;
}

export interface DirectUpstream extends Node {
  readonly type: 'direct';
  readonly name: string | undefined;
  readonly source: Source;
}

export interface ProxyUpstream extends ProxyServer, Node {
  readonly type: ProxyKind;
  readonly name: string | undefined;
  /** How the proxy itself is reached; undefined for direct. */
  readonly upstream: Upstream | undefined;
}

export interface MultipathUpstream extends Node {
  readonly type: 'multipath';
  readonly list: readonly Upstream[];
}

export type Upstream = DirectUpstream | ProxyUpstream | MultipathUpstream;

export type Flattened =
  | { readonly kind: 'lines'; readonly lines: readonly Line[]; readonly budgets: readonly Budget[] }
  | { readonly kind: 'too-many'; readonly count: number };

/** A line whose name is not unique yet. */
interface Chain {
  readonly name: string | undefined;
  /** The name of the nearest named part, which stands for the chain up to there. */
  readonly prefix: string | undefined;
  readonly source: Source;
  readonly hops: readonly Hop[];
  readonly preference: Preference;
  /** Of the parts of the tree in which it is. */
  readonly budgets: readonly BudgetedPart[];
}

const ANY_SOURCE: Source = { ip: undefined, port: 0 };
const PLAIN_DIRECT: DirectUpstream = { type: 'direct', name: undefined, source: ANY_SOURCE };

/**
 * The lines of a tree in the order of the configuration, or their number if it exceeds `lines_max`. `numbers` are those of
 * the process, if lines have been numbered before.
 */
export function flatten(root: Upstream, lines_max: number, numbers = new LineNumbers()): Flattened {
  const count = countLines(root, new Map());
  if (count > lines_max) return { kind: 'too-many', count };
  const chains = chainsOf(root, { preference: USUAL, budgets: [] });
  const names = uniqueNames(chains.map((chain) => chain.name ?? readableName(chain)));
  const lines = numbers.give(chains.map((chain, index) => ({ ...chain, name: names[index] as string })));
  const parts = new Set(chains.flatMap(({ budgets }) => budgets));
  const budgets = [...parts].map((part) =>
    budgetOf(
      part,
      lines.filter((_, at) => chains[at].budgets.includes(part)),
    ),
  );
  return { kind: 'lines', lines, budgets };
}

/** Counts without building lines. `counted` keeps this linear when a node is used in several places of the tree. */
function countLines(node: Upstream, counted: Map<Upstream, number>): number {
  const known = counted.get(node);
  if (known !== undefined) return known;
  let count = 1;
  if (node.type === 'multipath') count = node.list.reduce((sum, part) => sum + countLines(part, counted), 0);
  else if (node.type !== 'direct') count = countLines(node.upstream ?? PLAIN_DIRECT, counted);
  counted.set(node, count);
  return count;
}

/** `above`: what holds above the node. */
function chainsOf(node: Upstream, above: Pick<Chain, 'preference' | 'budgets'>): readonly Chain[] {
  const held = {
    preference: preferred(above.preference, node.preference),
    budgets: node.budget === undefined ? above.budgets : [...above.budgets, node.budget],
  };
  switch (node.type) {
    case 'direct':
      return [{ name: node.name, prefix: node.name, source: node.source, hops: [], ...held }];
    case 'multipath':
      return node.list.flatMap((part) => chainsOf(part, held));
    default:
      return chainsOf(node.upstream ?? PLAIN_DIRECT, held).map((nearer) => extend(nearer, node));
  }
}

function extend(nearer: Chain, node: ProxyUpstream): Chain {
  const { type: kind, host, port, username, password, tls } = node;
  const hop: Hop = { kind, host, port, username, password, ...(tls === undefined ? {} : { tls }) };
  // Behind a named part, a proxy of the most usual kind needs no word.
  const before = nearer.hops[nearer.hops.length - 1]?.kind ?? 'socks5';
  const prefix = node.name ?? (nearer.prefix === undefined ? undefined : `${nearer.prefix} > ${hopText(hop, before)}`);
  return { ...nearer, name: node.name, prefix, hops: [...nearer.hops, hop] };
}

/**
 * `direct`, `direct 10.0.0.1`, `socks5 a:1 > b:2 > http c:3 from 10.0.0.1`, or `telecom > b:2` when a nearer part has a name.
 */
function readableName({ prefix, source, hops }: Chain): string {
  if (prefix !== undefined) return prefix;
  const from = sourceText(source);
  if (hops.length === 0) return from === undefined ? 'direct' : `direct ${from}`;
  const chain = hops.map((hop, index) => hopText(hop, hops[index - 1]?.kind)).join(' > ');
  return from === undefined ? chain : `${chain} from ${from}`;
}

/** With the word for its kind, unless the hop before it is of that kind, too. */
function hopText({ kind, host, port }: Hop, before: ProxyKind | undefined): string {
  return kind === before ? endpoint(host, port) : `${kind} ${endpoint(host, port)}`;
}

function endpoint(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Numbers repeated names from the second on, and avoids names that other lines have been given. */
function uniqueNames(wanted: readonly string[]): readonly string[] {
  const given = new Set(wanted);
  const seen = new Map<string, number>();
  return wanted.map((name) => {
    let repeat = (seen.get(name) ?? 0) + 1;
    while (repeat > 1 && given.has(`${name} #${repeat}`)) repeat += 1;
    seen.set(name, repeat);
    return repeat === 1 ? name : `${name} #${repeat}`;
  });
}
