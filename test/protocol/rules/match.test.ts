import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseIp } from '../../../src/protocol/address/address.js';
import { comparedIp } from '../../../src/protocol/address/embedded-ipv4.js';
import { parseIpRange } from '../../../src/protocol/address/ip-range.js';
import { type Target, targetOfName } from '../../../src/protocol/address/target.js';
import type { ClientConditions } from '../../../src/protocol/rules/clients.js';
import { compileRules } from '../../../src/protocol/rules/compile.js';
import { ENTRIES_MAX } from '../../../src/protocol/rules/list.js';
import { Rules } from '../../../src/protocol/rules/match.js';
import type { Choice, Destinations, ListFile, PortRange, Rule } from '../../../src/protocol/rules/rule.js';
import type { Client } from '../../../src/protocol/users/client.js';
import { shared } from '../../../src/threads/shared/shared-tables.js';

const CHOICE: Choice = { lines: [0], sticky: false };

/** A rule for these destinations (undefined: any) and ports. */
function rule(destinations?: Partial<Destinations>, ports: readonly PortRange[] = []): Rule {
  const whole = destinations && { domain: [], domain_suffix: [], cidr: [], files: [], ...destinations };
  return { destinations: whole, ports, ruling: CHOICE };
}

function compiled(rules: readonly Rule[], listed: (file: ListFile) => readonly string[] = () => []): Rules {
  const tables = compileRules(rules, listed);
  assert.ok(tables !== undefined);
  return new Rules(shared(tables));
}

function target(host: string, port: number): Target {
  const found = targetOfName(host, port);
  assert.ok(found !== undefined, host);
  return found;
}

/** The first rule for each host, on port 443. */
const firsts = (rules: readonly Rule[], hosts: readonly string[], port = 443): number[] => {
  const matcher = compiled(rules);
  return hosts.map((host) => matcher.find(target(host, port)));
};

test('a suffix is for the name itself and all below it, and for no other name that ends so', () => {
  const hosts = ['example.com', 'a.example.com', 'a.b.example.com', 'badexample.com', 'com', 'example.com.evil.org'];
  assert.deepEqual(firsts([rule({ domain_suffix: ['example.com'] })], hosts), [0, 0, 0, -1, -1, -1]);
  assert.deepEqual(firsts([rule({ domain_suffix: ['com'] })], hosts), [0, 0, 0, 0, 0, -1]);
});

test('a domain is for the name itself only', () => {
  const hosts = ['example.com', 'a.example.com', 'com', 'EXAMPLE.com.'];
  assert.deepEqual(firsts([rule({ domain: ['example.com'] })], hosts), [0, -1, -1, 0]);
});

test('the first rule wins, whatever its kind, and however narrow or wide the others are', () => {
  const narrowFirst = [
    rule({ domain: ['a.example.com'] }),
    rule({ domain_suffix: ['example.com'] }),
    rule({ cidr: ['192.0.2.128/25'] }),
    rule({ cidr: ['192.0.2.0/24', '2001:db8::/32'] }),
    rule(),
  ];
  const hosts = ['a.example.com', 'b.example.com', 'other.org', '192.0.2.200', '192.0.2.1', '2001:db8::1', '::1'];
  assert.deepEqual(firsts(narrowFirst, hosts), [0, 1, 4, 2, 3, 3, 4]);
  assert.deepEqual(firsts([...narrowFirst].reverse(), hosts), [0, 0, 0, 0, 0, 0, 0]);
  const wideFirst = [
    rule({ domain_suffix: ['com'] }),
    rule({ domain_suffix: ['example.com'] }),
    rule({ domain: ['example.com'] }),
    rule({ cidr: ['0.0.0.0/0'] }),
    rule({ cidr: ['192.0.2.1/32'] }),
  ];
  assert.deepEqual(firsts(wideFirst, ['example.com', 'a.example.com', '192.0.2.1']), [0, 0, 3]);
});

test('a rule for ports leaves the others to the rules behind it', () => {
  const ports = [
    { from: 80, to: 80 },
    { from: 8000, to: 8999 },
  ];
  const rules = [
    rule({ domain_suffix: ['example.com'], cidr: ['192.0.2.0/24'] }, ports),
    rule(undefined, [{ from: 25, to: 25 }]),
    rule({ domain_suffix: ['example.com'], cidr: ['192.0.2.0/24'] }),
    rule(undefined, [{ from: 1, to: 65_535 }]),
  ];
  for (const [port, ours, other] of [
    [79, 2, 3],
    [80, 0, 3],
    [81, 2, 3],
    [7999, 2, 3],
    [8000, 0, 3],
    [8999, 0, 3],
    [9000, 2, 3],
    [25, 1, 1],
    [65_535, 2, 3],
  ] as const) {
    const hosts = ['www.example.com', '192.0.2.9', 'example.org', '192.0.3.9'];
    assert.deepEqual(firsts(rules, hosts, port), [ours, ours, other, other], String(port));
  }
  assert.deepEqual(firsts(rules, ['example.org'], 0), [-1]);
});

test('ranges nest to any depth, and end where they end', () => {
  const rules = [
    rule({ cidr: ['10.0.0.0/32', '10.255.255.255'] }),
    rule({ cidr: ['10.1.0.0/16'] }),
    rule({ cidr: ['10.0.0.0/8', '255.255.255.0/24'] }),
    rule({ cidr: ['::/0'] }),
  ];
  const hosts = ['9.255.255.255', '10.0.0.0', '10.0.0.1', '10.1.2.3', '10.2.0.0', '10.255.255.255', '11.0.0.0'];
  assert.deepEqual(firsts(rules, hosts), [-1, 0, 2, 1, 2, 0, -1]);
  assert.deepEqual(firsts(rules, ['255.255.254.255', '255.255.255.255', '0.0.0.0', '::', 'ff::']), [-1, 2, -1, 3, 3]);
});

test('an IPv4 address written as an IPv6 one is the IPv4 address, in a rule and in a request', () => {
  const rules = [
    rule({ cidr: ['192.0.2.0/24'] }),
    rule({ cidr: ['::ffff:198.51.100.0/120'] }),
    rule({ cidr: ['::/0'] }),
  ];
  const hosts = [
    '::ffff:192.0.2.1',
    '::ffff:c633:6401',
    '198.51.100.255',
    '198.51.101.0',
    '::c000:201',
    '2002:c000:201::',
    '64:ff9b::198.51.100.9',
    '2001::',
  ];
  assert.deepEqual(firsts(rules, hosts), [0, 1, 1, -1, 0, 0, 1, 2]);
});

test('ranges are for addresses that were asked for, names for names', () => {
  const rules = [rule({ cidr: ['0.0.0.0/0', '::/0'] }), rule({ domain_suffix: ['example.com'] })];
  assert.deepEqual(firsts(rules, ['example.com', '127.0.0.1']), [1, 0]);
});

test('a list that is empty is for nothing, and no condition is for everything', () => {
  assert.deepEqual(firsts([rule({})], ['example.com', '192.0.2.1', '::1']), [-1, -1, -1]);
  assert.deepEqual(firsts([rule()], ['example.com', '192.0.2.1', '::1']), [0, 0, 0]);
  assert.deepEqual(firsts([], ['example.com', '192.0.2.1', '::1']), [-1, -1, -1]);
});

test('a match is what the rule says, the same object each time', () => {
  const chosen: Choice = { lines: [1, 2], sticky: 'client' };
  const rules: Rule[] = [
    { ...rule({ domain: ['ads.test'] }), ruling: 'block' },
    { ...rule({ domain: ['a.test'] }), ruling: chosen },
    { ...rule({ domain: ['b.test'] }), ruling: { ...chosen } },
  ];
  const matcher = compiled(rules);
  assert.equal(matcher.match(target('ads.test', 1)), 'block');
  assert.deepEqual(matcher.match(target('a.test', 1)), chosen);
  assert.equal(matcher.match(target('a.test', 1)), matcher.match(target('b.test', 1)));
  assert.equal(matcher.match(target('c.test', 1)), undefined);
});

test('names in files count like those written in the rule, each file for its kind', () => {
  const files: ListFile[] = [
    { kind: 'domain_suffix', path: 's' },
    { kind: 'domain', path: 'd' },
    { kind: 'cidr', path: 'c' },
  ];
  const texts: Record<string, string[]> = { s: ['s.test'], d: ['d.test'], c: ['192.0.2.0/24'] };
  const matcher = compiled([rule({ domain: ['x.test'], files })], ({ path }) => texts[path]);
  const found = ['x.test', 'a.s.test', 'd.test', 'a.d.test', '192.0.2.9'].map((host) => matcher.find(target(host, 1)));
  assert.deepEqual(found, [0, 0, 0, -1, 0]);
});

test('more entries than the tables take are refused', () => {
  const many = Array.from({ length: ENTRIES_MAX }, () => 'a.test');
  const files: ListFile[] = [{ kind: 'domain', path: '' }];
  assert.equal(compileRules([rule({ files })], () => many)?.entries, ENTRIES_MAX);
  assert.equal(
    compileRules([rule({ domain: ['b.test'], files })], () => many),
    undefined,
  );
});

test('a hundred thousand names are told apart', () => {
  const domain = Array.from({ length: 100_000 }, (_, i) => `n${i}.test`);
  const matcher = compiled(domain.map((name) => rule({ domain: [name] })));
  for (const [i, name] of domain.entries()) assert.equal(matcher.find(target(name, 1)), i);
  for (let i = 100_000; i < 200_000; i += 1) assert.equal(matcher.find(target(`n${i}.test`, 1)), -1);
});

// Clients

/** Conditions on clients; what is left out is any. */
const of = (conditions: Partial<ClientConditions>): ClientConditions => ({
  ...{ client: [], user: [], tag: [], listener: [] },
  ...conditions,
});

/** A client from this address (undefined: of a Unix socket), as `name` or `name+tag`, by this listener. */
function client(from: string | undefined, who = '', listener = 0): Client {
  const ip = from === undefined ? undefined : parseIp(from);
  const [name, tag] = who.split('+');
  return { ip, user: name ? { name, tag } : undefined, listener };
}

const forClients = (conditions: Partial<ClientConditions>, more: Rule = rule()): Rule => ({
  ...more,
  clients: of(conditions),
});

/** The first rule for each client, to one target. */
const firstsOf = (rules: readonly Rule[], clients: readonly Client[], host = 'example.com', port = 443): number[] => {
  const matcher = compiled(rules);
  return clients.map((one) => matcher.find(target(host, port), one));
};

test('a rule for networks is for clients from there, in either family, and `unix` for those without an address', () => {
  const clients = ['10.1.2.3', '11.0.0.1', 'fd00::1', '2002:a01:203::1', undefined].map((from) => client(from));
  assert.deepEqual(firstsOf([forClients({ client: ['10.0.0.0/8'] })], clients), [0, -1, -1, -1, -1]);
  assert.deepEqual(firstsOf([forClients({ client: ['fd00::/8', 'unix'] })], clients), [-1, -1, 0, -1, 0]);
  assert.deepEqual(firstsOf([forClients({ client: ['0.0.0.0/0', '::/0'] })], clients), [0, 0, 0, 0, -1]);
});

test('a rule for users and tags is for those alone, and for nobody who says no name', () => {
  const clients = ['', 'alice', 'alice+work', 'bob+work', 'bob+'].map((who) => client('10.0.0.1', who));
  assert.deepEqual(firstsOf([forClients({ user: ['alice', 'eve'] })], clients), [-1, 0, 0, -1, -1]);
  assert.deepEqual(firstsOf([forClients({ tag: ['work'] })], clients), [-1, -1, 0, 0, -1]);
  assert.deepEqual(firstsOf([forClients({ user: ['bob'], tag: ['work'] })], clients), [-1, -1, -1, 0, -1]);
  assert.deepEqual(firstsOf([forClients({ tag: [''] })], clients), [-1, -1, -1, -1, 0]);
});

test('a rule for listeners is for clients that came in there', () => {
  const clients = [0, 1, 2].map((listener) => client('10.0.0.1', '', listener));
  assert.deepEqual(firstsOf([forClients({ listener: [0, 2] }), rule()], clients), [0, 1, 0]);
});

test('every condition must hold, and the search goes on behind a rule that is for other clients', () => {
  const port = [{ from: 443, to: 443 }];
  const rules = [
    forClients({ client: ['10.0.0.0/8'], user: ['alice'] }, rule({ domain_suffix: ['example.com'] }, port)),
    forClients({ user: ['alice'] }, rule({ domain: ['example.com'] })),
    forClients({ client: ['10.0.0.0/8'] }),
    rule(undefined, port),
    rule(),
  ];
  const clients = [client('10.0.0.1', 'alice'), client('11.0.0.1', 'alice'), client('10.0.0.1'), client('11.0.0.1')];
  assert.deepEqual(firstsOf(rules, clients), [0, 1, 2, 3]);
  assert.deepEqual(firstsOf(rules, clients, 'example.com', 80), [1, 1, 2, 4]);
  assert.deepEqual(firstsOf(rules, clients, '192.0.2.1'), [2, 3, 2, 3]);
});

test('which rules were passed over is told: those for the target and others, before the one that applies', () => {
  const rules = [
    forClients({ user: ['eve'] }, rule({ domain_suffix: ['com'] })),
    forClients({ user: ['eve'] }, rule({ domain: ['other.com'] })),
    forClients({ user: ['bob'] }),
    rule({ domain: ['example.com'] }),
    forClients({ user: ['eve'] }),
  ];
  const matcher = compiled(rules);
  const told = (host: string, who: string) => [
    matcher.find(target(host, 1), client('10.0.0.1', who)),
    matcher.passedOver(target(host, 1), client('10.0.0.1', who)),
  ];
  assert.deepEqual(told('example.com', 'alice'), [3, [0, 2]]);
  assert.deepEqual(told('example.com', 'bob'), [2, [0]]);
  assert.deepEqual(told('example.com', 'eve'), [0, []]);
  assert.deepEqual(told('example.org', 'alice'), [-1, [2, 4]]);
  assert.deepEqual(compiled([rule()]).passedOver(target('example.com', 1)), []);
});

test('a client is asked for only where a rule is for some clients', () => {
  assert.equal(compiled([rule(), rule({ domain: ['a.test'] })]).needClient, false);
  assert.equal(compiled([rule(), forClients({ user: ['alice'] })]).needClient, true);
  // One of which nothing is known is none of them.
  assert.equal(compiled([forClients({ client: ['0.0.0.0/0', 'unix'] }), rule()]).find(target('a.test', 1)), 1);
});

test('conditions on clients count as entries', () => {
  const all = of({ client: ['10.0.0.0/8', 'unix'], user: ['alice'], tag: ['work'], listener: [0] });
  assert.equal(compileRules([{ ...rule({ domain: ['a.test'] }), clients: all }], () => [])?.entries, 6);
});

// Few labels, octets and ports, so that they meet again.
const name = fc
  .array(fc.constantFrom('a', 'b', 'aa', 'test'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('.'));
const four = fc
  .tuple(...Array.from({ length: 4 }, () => fc.constantFrom(0, 1, 128, 255)))
  .map((parts) => parts.join('.'));
const six = fc
  .tuple(fc.constantFrom('', '1', '8000', 'ffff'), fc.constantFrom('', '1', 'ffff'))
  .map(([a, b]) => `${a}::${b}`);
const range = fc.oneof(
  fc.tuple(four, fc.integer({ min: 0, max: 32 })).map(([ip, prefix]) => `${ip}/${prefix}`),
  fc.tuple(six, fc.integer({ min: 0, max: 128 })).map(([ip, prefix]) => `${ip}/${prefix}`),
);
const few = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 4 });
const ports = fc.subarray([1, 2, 3, 4, 5]).map((some) => some.map((port) => ({ from: port, to: port })));
const someRule = fc.tuple(
  fc.option(fc.record({ domain: few(name), domain_suffix: few(name), cidr: few(range) })),
  ports,
);
const asked = fc.tuple(fc.oneof(name, four, six), fc.integer({ min: 0, max: 6 }));

test('it agrees with looking at one rule after the other', () => {
  fc.assert(
    fc.property(
      few(someRule).chain((some) => fc.tuple(fc.constant(some), few(asked))),
      ([some, targets]) => {
        const rules = some.map(([destinations, ports]) => rule(destinations ?? undefined, ports));
        const matcher = compiled(rules);
        for (const [host, port] of targets) {
          const wanted = target(host, port);
          assert.equal(
            matcher.find(wanted),
            rules.findIndex((one) => isFor(one, wanted)),
          );
        }
      },
    ),
    { numRuns: 2000 },
  );
});

const few3 = <T>(...all: readonly T[]) => fc.subarray([...all], { maxLength: 2 });
const someClients = fc.option(
  fc.record({
    client: fc.array(fc.oneof(range, fc.constant('unix')), { maxLength: 2 }),
    user: few3('a', 'b', 'c'),
    tag: few3('x', 'y'),
    listener: few3(0, 1, 2),
  }),
);
const someClient: fc.Arbitrary<Client> = fc.record({
  ip: fc.oneof(four, six, fc.constant(undefined)).map((text) => (text === undefined ? text : parseIp(text))),
  user: fc.option(fc.record({ name: fc.constantFrom('a', 'b', 'd'), tag: fc.constantFrom('x', 'y', 'z', undefined) }), {
    nil: undefined,
  }),
  listener: fc.nat(3),
});

test('it agrees with looking at one rule after the other also where rules are for clients', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(someRule, someClients), { maxLength: 6 }),
      few(fc.tuple(asked, someClient)),
      fc.oneof(four, six),
      (some, connections, address) => {
        const rules = some.map(([[destinations, ports], clients]): Rule => {
          const one = rule(destinations ?? undefined, ports);
          return clients === null ? one : { ...one, clients };
        });
        const matcher = compiled(rules);
        for (const [[host, port], who] of connections) {
          const wanted = target(host, port);
          const isOf = (one: Rule): boolean => isFor(one, wanted) && admits(one, who);
          const found = rules.findIndex(isOf);
          assert.equal(matcher.find(wanted, who), found);
          const before = found < 0 ? rules : rules.slice(0, found);
          const passed = before.flatMap((one, place) => (isFor(one, wanted) ? [place] : []));
          assert.deepEqual(matcher.passedOver(wanted, who), passed);
          if (wanted.ip !== undefined) continue;
          const resolved = target(address, port);
          const either = (one: Rule): boolean => isOf(one) || (isFor(one, resolved) && admits(one, who));
          assert.equal(matcher.findResolved(wanted, resolved.ip as Uint8Array, who), rules.findIndex(either));
        }
      },
    ),
    { numRuns: 2000 },
  );
});

function admits({ clients }: Rule, { ip, user, listener }: Client): boolean {
  if (clients === undefined) return true;
  const network = (text: string): boolean => (ip === undefined ? text === 'unix' : text !== 'unix' && isIn(ip, text));
  if (clients.client.length > 0 && !clients.client.some(network)) return false;
  if (clients.user.length > 0 && !clients.user.some((name) => name === user?.name)) return false;
  if (clients.tag.length > 0 && !clients.tag.some((tag) => tag === user?.tag)) return false;
  return clients.listener.length === 0 || clients.listener.includes(listener);
}

function isFor({ destinations, ports }: Rule, { host, ip, port }: Target): boolean {
  if (ports.length > 0 && !ports.some(({ from, to }) => from <= port && port <= to)) return false;
  if (destinations === undefined) return true;
  if (ip !== undefined) return destinations.cidr.some((text) => isIn(ip, text) || isIn(comparedIp(ip), text));
  return (
    destinations.domain.includes(host) || destinations.domain_suffix.some((name) => `.${host}`.endsWith(`.${name}`))
  );
}

function isIn(ip: Uint8Array, text: string): boolean {
  const range = parseIpRange(text);
  assert.ok(range !== undefined);
  if (range.ip.length !== ip.length) return false;
  const bits = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits(ip).slice(0, range.prefix) === bits(range.ip).slice(0, range.prefix);
}

test('the naive matcher itself is right', () => {
  assert.equal(isIn(parseIp('192.0.2.1') as Uint8Array, '192.0.2.0/31'), true);
  assert.equal(isIn(parseIp('192.0.2.2') as Uint8Array, '192.0.2.0/31'), false);
});

test('a rule by range that says how quiet connections may be is for the addresses of names, too', () => {
  const quiet: Choice = { lines: undefined, sticky: false, quiet: { idle_timeout_ms: 0 } };
  const ruling = (one: Choice, destinations: Partial<Destinations>): Rule => ({ ...rule(destinations), ruling: one });
  const matcher = compiled([ruling(quiet, { cidr: ['10.0.0.0/8'] }), ruling(CHOICE, { domain: ['db.test'] })]);
  const [named, inside, outside] = [target('db.test', 443), parseIp('10.1.2.3'), parseIp('192.0.2.1')];
  assert.deepEqual([matcher.quietRanges, matcher.match(named)], [true, CHOICE]);
  assert.deepEqual(inside && matcher.matchResolved(named, inside), quiet);
  assert.deepEqual(outside && matcher.matchResolved(named, outside), CHOICE);
  assert.equal(compiled([ruling(quiet, { domain: ['db.test'] })]).quietRanges, false);
  assert.equal(compiled([ruling(CHOICE, { cidr: ['10.0.0.0/8'] })]).quietRanges, false);
});
