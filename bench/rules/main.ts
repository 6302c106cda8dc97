// Measures a lookup in the rules: 100 000 suffixes and 10 000 ranges, asked for names of 2 to 6 labels and for addresses,
// both with rules (hits) and without (misses). Compares it with the simple solution, a Map from suffix to rule, and rules for
// some clients with as many for all. Prints nanoseconds a lookup (median and best of the rounds), the memory, and the time to
// compile.
// Usage: node dist/bench/rules/main.js [NAMES] [RANGES]
import { formatIp } from '../../src/protocol/address/address.js';
import { type Target, targetOfIp, targetOfName } from '../../src/protocol/address/target.js';
import { compileRules, type RuleTables } from '../../src/protocol/rules/compile.js';
import { parseList } from '../../src/protocol/rules/list.js';
import { Rules } from '../../src/protocol/rules/match.js';
import type { Rule } from '../../src/protocol/rules/rule.js';
import { shared } from '../../src/threads/shared/shared-tables.js';
import { measureConditions, measureWalks } from './clients.js';
import { ASKED, measure } from './measure.js';
import { address, below, distinct, domain, ending, label } from './random.js';

/** The numbers of rules with a condition. */
const CONDITIONED = [1000, 100_000];

/** A name with `labels` labels below a domain. Its text is put together character by character, as when read from a request. */
function named(under: string, labels: number): Target {
  let name = under;
  while (name.split('.').length < labels) name = `${label()}.${name}`;
  let text = '';
  for (const letter of name) text += letter;
  return targetOfName(text, 443) as Target;
}

function targets(make: () => Target): Target[] {
  return Array.from({ length: ASKED }, make);
}

function octetsOf(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, part) => sum + octetsOf(part), 0);
}

function timed<T>(what: string, work: () => T): T {
  const begun = performance.now();
  const result = work();
  console.log(`${what.padEnd(42)} ${(performance.now() - begun).toFixed(0).padStart(5)} ms`);
  return result;
}

function main(names: number, ranges: number): void {
  const suffixes = distinct(names, domain);
  const four = distinct(ranges >> 1, () => `${formatIp(address(4))}/${16 + below(17)}`);
  const six = distinct(ranges - four.length, () => `${formatIp(address(16))}/${24 + below(41)}`);
  // Every entry has its own rule: the worst case.
  const rules = [...suffixes, ...four, ...six].map((entry): Rule => {
    const kind = entry.includes('/') ? 'cidr' : 'domain_suffix';
    const none = { domain: [], domain_suffix: [], cidr: [], files: [] };
    return { destinations: { ...none, [kind]: [entry] }, ports: [], ruling: { lines: [0], sticky: false } };
  });
  const tables = timed('to compile', () => compileRules(rules, () => [])) as RuleTables;
  const matcher = new Rules(shared(tables));
  timed('to read a list of the names', () => parseList('domain_suffix', suffixes.join('\n')));
  console.log(`tables, shared by all threads              ${(octetsOf(tables) / 2 ** 20).toFixed(1)} MiB`);
  const heap = process.memoryUsage().heapUsed;
  const map = timed('a Map of texts: to build', () => new Map(suffixes.map((suffix, rule) => [suffix, rule])));
  console.log(
    `a Map of texts: heap a thread             >${((process.memoryUsage().heapUsed - heap) / 2 ** 20).toFixed(1)} MiB`,
  );

  const match = (target: Target): unknown => matcher.match(target);
  const ofNames: [string, () => Target][] = [2, 3, 4, 5, 6].flatMap((labels): [string, () => Target][] => [
    [`${labels} labels, hit`, () => named(suffixes[below(names)], labels)],
    [`${labels} labels, miss`, () => named(`${label()}-.${ending()}`, labels)],
  ]);
  for (const [what, make] of ofNames) {
    const asked = targets(make);
    measure([{ what, asked, find: match }]);
    measure([{ what: '  … in a Map', asked, find: (target) => firstIn(map, target.host) }]);
  }
  const rangeStart = (text: string): Target => targetOfName(text.slice(0, text.indexOf('/')), 443) as Target;
  const longest = targetOfName(`${'a.'.repeat(125)}aa`, 443) as Target;
  const others: [string, () => Target][] = [
    ['IPv4, hit', () => rangeStart(four[below(four.length)])],
    ['IPv4, mostly misses', () => targetOfIp(address(4), 443)],
    ['IPv6, hit', () => rangeStart(six[below(six.length)])],
    ['IPv6, miss', () => targetOfIp(address(16), 443)],
    ['127 labels, miss', () => longest],
  ];
  for (const [what, make] of others) measure([{ what, asked: targets(make), find: match }]);
  for (const count of CONDITIONED) measureConditions(suffixes.slice(0, count));
  measureWalks(suffixes);
}

function firstIn(map: ReadonlyMap<string, number>, host: string): number | undefined {
  let first = map.get(host);
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
    const rule = map.get(host.slice(dot + 1));
    if (rule !== undefined && (first === undefined || rule < first)) first = rule;
  }
  return first;
}

const [names = 100_000, ranges = 10_000] = process.argv.slice(2).map(Number);
main(names, ranges);
