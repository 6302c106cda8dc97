import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseHostAliases } from '../../../src/protocol/dns/host-aliases.js';
import { parseHosts } from '../../../src/protocol/dns/hosts-file.js';
import { leftToGetaddrinfo, parseNsswitch } from '../../../src/protocol/dns/nsswitch.js';
import { parseResolvConf } from '../../../src/protocol/dns/resolv-conf.js';
import { nextPlace, planSearch, toldPlace } from '../../../src/protocol/dns/search-list.js';

/** As getaddrinfo of glibc 2.36 was seen to read them: see workers/dns/getaddrinfo.test.ts. */
const USUAL = {
  ...{
    servers: ['127.0.0.1'],
    search: [],
    ndots: 1,
    rotates: false,
    overTcp: false,
    asksIpv6: true,
    asksTopLevel: true,
  },
};
const parsed = (text: string, environment: Record<string, string> = {}, hostname = 'box') =>
  parseResolvConf(text, { environment, hostname });

test('servers, search list and ndots', () => {
  const text = `# made by hand
nameserver 192.0.2.53
nameserver 2001:DB8::53 six
nameserver fe80::1%eth0
nameserver 192.0.2.54
nameserver nonsense
domain old.test
search Corp.Test. lan .
options timeout:1 ndots:1 ndots:2 rotate
`;
  assert.deepEqual(parsed(text), {
    ...{ ...USUAL, servers: ['192.0.2.53', '2001:db8::53', 'fe80::1%eth0'], rotates: true },
    search: ['corp.test', 'lan', ''],
    ndots: 2,
  });
  assert.deepEqual(parsed(''), USUAL);
  assert.equal(parsed('options ndots:9999').ndots, 15);
  assert.deepEqual([parsed('options ndots:-1').ndots, parsed('options ndots:x').ndots], [15, 0]);
  assert.deepEqual(parsed('search a # b').search, ['a', 'b']);
  const nine = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
  assert.deepEqual(parsed(`search ${nine.join(' ')}`).search, nine);
});

test('a line counts that begins with its keyword, and the last one of its kind', () => {
  assert.deepEqual(parsed(' nameserver 192.0.2.53\n; search a\n#search b\nsearchc\noptionsndots:3'), USUAL);
  assert.deepEqual(parsed('search a b\ndomain c d').search, ['c']);
  assert.deepEqual(parsed('domain c\nsearch a b\nsearch\nsearch ').search, ['a', 'b']);
  assert.equal(parsed('options ndots:4\noptions rotate\noptions ndots:3').ndots, 3);
  const switches = parsed('options use-vc no-aaaa no-tld-query');
  assert.deepEqual([switches.overTcp, switches.asksIpv6, switches.asksTopLevel], [true, false, false]);
});

test('the environment has the last word, the domain of the host the least', () => {
  assert.deepEqual(parsed('search a', {}, 'box.corp.test').search, ['a']);
  assert.deepEqual(parsed('', {}, 'box.corp.test').search, ['corp.test']);
  assert.deepEqual(parsed('search a', { LOCALDOMAIN: 'x y' }).search, ['x', 'y']);
  assert.deepEqual(parsed('search a', { LOCALDOMAIN: '' }).search, ['']);
  assert.equal(parsed('options ndots:4', { RES_OPTIONS: 'ndots:2' }).ndots, 2);
});

test('the search list comes after a name with dots enough, else before it', () => {
  const conf = { search: ['a.test', 'b.test'], ndots: 1, asksTopLevel: true };
  const names = (name: string, more: Partial<typeof conf> = {}) => planSearch(name, { ...conf, ...more }).names;
  assert.deepEqual(names('www'), ['www.a.test', 'www.b.test', 'www']);
  assert.deepEqual(names('www.x'), ['www.x', 'www.x.a.test', 'www.x.b.test']);
  assert.deepEqual(names('www', { search: [] }), ['www']);
  assert.deepEqual(names('www', { asksTopLevel: false }), ['www.a.test', 'www.b.test']);
  assert.deepEqual(names('www.x', { asksTopLevel: false, ndots: 2 }), ['www.x.a.test', 'www.x.b.test', 'www.x']);
  assert.deepEqual(names('www', { search: ['a.test', '', 'b.test'] }), ['www.a.test', 'www', 'www.b.test']);
  assert.deepEqual(names(`${'a'.repeat(63)}.`.repeat(3) + 'a'.repeat(60)).length, 1);
});

test('a domain that is silent or refuses ends the list, and the name itself is still tried', () => {
  const before = { names: ['x.a', 'x.b', 'x'], asItIs: 2 };
  const behind = { names: ['x.y', 'x.y.a', 'x.y.b'], asItIs: 0 };
  const next = (plan: typeof before, step: 'none' | 'server-failure' | 'failed') =>
    plan.names.map((_, place) => nextPlace(plan, place, step));
  for (const step of ['none', 'server-failure'] as const) assert.deepEqual(next(before, step), [1, 2, undefined]);
  assert.deepEqual(next(before, 'failed'), [2, 2, undefined]);
  assert.deepEqual(next(behind, 'failed'), [1, undefined, undefined]);
});

test('what is told is of the name itself where it came first, else the most that is known', () => {
  const before = { names: ['x.a', 'x.b', 'x'], asItIs: 2 };
  assert.equal(toldPlace({ names: ['x.y', 'x.y.a'], asItIs: 0 }, ['server-failure', 'nodata']), 0);
  assert.equal(toldPlace(before, ['server-failure', 'nodata', 'none']), 1);
  assert.equal(toldPlace(before, ['none', 'server-failure', 'none']), 1);
  assert.equal(toldPlace(before, ['none', 'none', 'failed']), 2);
});

test('a host alias is for a name without a dot', () => {
  const aliases = parseHostAliases('Web www.example.test\nbad..name x\nweb other.test\nlan www\n\nalone\ndot a.test.');
  assert.deepEqual(
    [...aliases],
    [
      ['web', 'www.example.test'],
      ['lan', 'www'],
      ['dot', 'a.test.'],
    ],
  );
});

test('names are asked by ourselves where hosts files and DNS are all there is', () => {
  for (const [line, isPlain, hasDns] of [
    ['', true, true],
    ['hosts: files dns', true, true],
    ['passwd: ldap\nhosts:\tfiles mymachines mdns4_minimal [NOTFOUND=return] dns myhostname # x', true, true],
    ['hosts: files resolve [!UNAVAIL=return] dns', true, true],
    ['hosts: files', false, false],
    ['hosts: files ldap', false, false],
    ['hosts: files ldap dns', false, true],
    ['hosts: db files dns', false, true],
  ] as const) {
    assert.deepEqual(parseNsswitch(line), { isPlain, hasDns }, line);
  }
});

test('names of the link and of this machine are left to getaddrinfo', () => {
  const left = (name: string) => leftToGetaddrinfo(name, 'box');
  assert.deepEqual(['printer.local', 'local', 'box'].map(left), [true, true, true]);
  assert.deepEqual(['a.test', 'localhost', 'box.test'].map(left), [false, false, false]);
});

test('no text makes a parser throw', () => {
  const text = fc.string({ unit: fc.constantFrom(...'nameserver hosts:search.1::#;%\n\t\0ä ') });
  fc.assert(
    fc.property(fc.oneof(text, fc.string()), (some) => {
      parsed(some);
      parseHostAliases(some);
      parseHosts(some);
      parseNsswitch(some);
    }),
  );
});
