// Measures a lookup in the rules: 100 000 suffixes and 10 000 ranges, asked for names of 2 to 6 labels and for addresses,
// both with rules (hits) and without (misses). Compares it with the simple solution, a Map from suffix to rule. Prints
// nanoseconds a lookup (median and best of the rounds), the memory, and the time to compile.
// Usage: node dist/bench/rules/main.js [NAMES] [RANGES]
import { formatIp } from '../../src/protocol/address/address.js';
import { type Target, targetOfIp, targetOfName } from '../../src/protocol/address/target.js';
import { compileRules, type RuleTables } from '../../src/protocol/rules/compile.js';
import { parseList } from '../../src/protocol/rules/list.js';
import { Rules } from '../../src/protocol/rules/match.js';
import type { Rule } from '../../src/protocol/rules/rule.js';
import { shared } from '../../src/threads/shared/shared-tables.js';

const ROUNDS = 101;
const TARGETS = 5000;
const ENDS = ['com', 'net', 'org', 'de', 'co.uk', 'com.cn'];
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** State of a linear congruential generator, so that every run has the same numbers. */
let seed = 1;
function below(limit: number): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((seed / 2 ** 32) * limit);
}

const label = (): string => Array.from({ length: 3 + below(9) }, () => LETTERS[below(26)]).join('');
const domain = (): string => `${label()}.${ENDS[below(ENDS.length)]}`;

function distinct(count: number, make: () => string): string[] {
  const made = new Set<string>();
  while (made.size < count) made.add(make());
  return [...made];
}

/** A name with `labels` labels below a domain. Its text is put together character by character, as when read from a request. */
function named(under: string, labels: number): Target {
  let name = under;
  while (name.split('.').length < labels) name = `${label()}.${name}`;
  let text = '';
  for (const letter of name) text += letter;
  return targetOfName(text, 443) as Target;
}

const address = (octets: number): Uint8Array => Uint8Array.from({ length: octets }, () => below(256));

function targets(make: () => Target): Target[] {
  return Array.from({ length: TARGETS }, make);
}

function measure(what: string, asked: readonly Target[], find: (target: Target) => unknown): void {
  const rounds: number[] = [];
  let found = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now();
    for (const target of asked) if (find(target) !== undefined) found += 1;
    rounds.push(((performance.now() - begun) * 1e6) / asked.length);
  }
  rounds.sort((a, b) => a - b);
  const [median, best] = [rounds[ROUNDS >> 1], rounds[0]].map((ns) => ns.toFixed(0).padStart(5));
  const hits = Math.round((100 * found) / ROUNDS / asked.length);
  console.log(`${what.padEnd(34)} ${median} ns, best ${best} ns (${hits} % hits)`);
}

function octetsOf(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, part) => sum + octetsOf(part), 0);
}

function timed<T>(what: string, work: () => T): T {
  const begun = performance.now();
  const result = work();
  console.log(`${what.padEnd(34)} ${(performance.now() - begun).toFixed(0).padStart(5)} ms`);
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
  console.log(`tables, shared by all threads      ${(octetsOf(tables) / 2 ** 20).toFixed(1)} MiB`);
  const heap = process.memoryUsage().heapUsed;
  const map = timed('a Map of texts: to build', () => new Map(suffixes.map((suffix, rule) => [suffix, rule])));
  console.log(
    `a Map of texts: heap a thread     >${((process.memoryUsage().heapUsed - heap) / 2 ** 20).toFixed(1)} MiB`,
  );

  const cases: [string, () => Target][] = [2, 3, 4, 5, 6].flatMap((labels): [string, () => Target][] => [
    [`${labels} labels, hit`, () => named(suffixes[below(names)], labels)],
    [`${labels} labels, miss`, () => named(`${label()}-.${ENDS[below(ENDS.length)]}`, labels)],
  ]);
  for (const [what, make] of cases) {
    const asked = targets(make);
    measure(what, asked, (target) => matcher.match(target));
    measure(`  … in a Map`, asked, (target) => firstIn(map, target.host));
  }
  const rangeStart = (text: string): Target => targetOfName(text.slice(0, text.indexOf('/')), 443) as Target;
  measure(
    'IPv4, hit',
    targets(() => rangeStart(four[below(four.length)])),
    (target) => matcher.match(target),
  );
  measure(
    'IPv4, mostly misses',
    targets(() => targetOfIp(address(4), 443)),
    (target) => matcher.match(target),
  );
  measure(
    'IPv6, hit',
    targets(() => rangeStart(six[below(six.length)])),
    (target) => matcher.match(target),
  );
  measure(
    'IPv6, miss',
    targets(() => targetOfIp(address(16), 443)),
    (target) => matcher.match(target),
  );
  const longest = targetOfName(`${'a.'.repeat(125)}aa`, 443) as Target;
  measure(
    '127 labels, miss',
    targets(() => longest),
    (target) => matcher.match(target),
  );
  measureClients(suffixes);
}

/** Rules of which each is for one user: a list, which is walked. The last user is asked for. */
function measureClients(suffixes: readonly string[]): void {
  for (const users of [10, 100, 1000]) {
    const rules = Array.from({ length: users }, (_, number): Rule => {
      const clients = { client: [], user: [`user${number}`], tag: [], listener: [] };
      return { destinations: undefined, ports: [], clients, ruling: { lines: [0], sticky: false } };
    });
    const matcher = new Rules(shared(compileRules(rules, () => []) as RuleTables));
    const last = { ip: undefined, user: { name: `user${users - 1}`, tag: undefined }, listener: 0 };
    measure(
      `${users} rules for users, the last`,
      targets(() => named(suffixes[below(suffixes.length)], 3)),
      (target) => matcher.match(target, last),
    );
  }
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
