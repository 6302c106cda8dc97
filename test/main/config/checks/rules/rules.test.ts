import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { errorsIn, errorsOf, loadJson, loadText, optionsOf } from '../../load-text.js';

const directory = mkdtempSync(join(tmpdir(), 'tcproute-rules-'));
after(() => rmSync(directory, { recursive: true }));

const upstream = {
  type: 'multipath',
  list: [{ type: 'direct', name: 'telecom' }, { type: 'socks5', host: '127.0.0.1', port: 5555 }, { type: 'direct' }],
};

const rulesOf = (rules: unknown) => optionsOf(loadJson({ upstream, rules })).rules;
const errorsOfRules = (...rules: unknown[]) => errorsIn({ upstream, rules });
const NO_NAMES = { domain: [], domain_suffix: [], cidr: [], files: [] };

/** A file with this text. */
function listFile(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

test('conditions are one value or a list, brought to one spelling, doubles dropped', () => {
  const [first, second] = rulesOf([
    { domain_suffix: '.Example.COM.', block: true },
    {
      domain: ['A.test', 'a.test.', 'bücher.test'],
      domain_suffix: ['lan', '.lan'],
      cidr: ['10.1.2.3/8', '::ffff:192.0.2.1', '2001:DB8::/32'],
      port: [443, '8000-8999', '80', 81, '8500-9000'],
      block: true,
    },
  ]);
  assert.deepEqual(first, {
    destinations: { ...NO_NAMES, domain_suffix: ['example.com'] },
    ports: [],
    ruling: 'block',
  });
  assert.deepEqual(second?.destinations, {
    domain: ['a.test', 'xn--bcher-kva.test'],
    domain_suffix: ['lan'],
    cidr: ['10.0.0.0/8', '192.0.2.1', '2001:db8::/32'],
    files: [],
  });
  assert.deepEqual(second?.ports, [
    { from: 80, to: 81 },
    { from: 443, to: 443 },
    { from: 8000, to: 9000 },
  ]);
});

test('use names lines as they are called after flattening, in any order', () => {
  const use = ['direct', 'socks5 127.0.0.1:5555', 'telecom'];
  const [all, one, keep, only] = rulesOf([
    { use },
    { domain: 'a.test', use: ['telecom', 'telecom'], sticky: true },
    { port: 22, sticky: true },
    { port: 23, sticky: true, block: false },
  ]);
  assert.deepEqual(all, { destinations: undefined, ports: [], ruling: { lines: [0, 1, 2], sticky: false } });
  assert.deepEqual(one?.ruling, { lines: [0], sticky: 'client' });
  assert.deepEqual(keep?.ruling, { lines: undefined, sticky: 'client' });
  assert.deepEqual(only?.ruling, keep?.ruling);
});

test('everything wrong in rules is reported at once, with its place', () => {
  const errors = errorsOfRules(
    { domain_sufix: 'a.test', block: true },
    { domain: ['a.test', '10.0.0.1', 7], cidr: '10.0.0.0/33', port: [0, '90-80', 65_536, '1.5'], block: true },
    { domain_suffix: [], block: true },
    { use: ['telecom', 'telekom', 5] },
    { use: [] },
    { port: 80 },
    { port: 80, sticky: false },
    { use: ['telecom'], block: true },
    { sticky: true, block: true },
    { block: 'yes' },
    'block',
  );
  const port = 'a port from 1 to 65535, or a range such as "8000-8999"';
  const range = 'an IP address or range, such as 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32';
  const keys =
    'domain, domain_suffix, cidr, port, domain_file, domain_suffix_file, cidr_file, client, user, tag, listener, use, block, sticky, keepalive, idle_timeout_ms, strict';
  assert.deepEqual(errors, [
    'rules[0].domain_sufix: unknown key; did you mean "domain_suffix"?',
    'rules[1].domain[1]: "10.0.0.1" is not allowed; allowed: a host name; for this write "cidr": "10.0.0.1"',
    'rules[1].domain[2]: 7 is not allowed; allowed: a host name',
    `rules[1].cidr: "10.0.0.0/33" is not allowed; allowed: ${range}`,
    `rules[1].port[0]: 0 is not allowed; allowed: ${port}`,
    `rules[1].port[1]: "90-80" is not allowed; allowed: ${port}`,
    `rules[1].port[2]: 65536 is not allowed; allowed: ${port}`,
    `rules[1].port[3]: "1.5" is not allowed; allowed: ${port}`,
    'rules[2].domain_suffix: [] is not allowed; allowed: a host name, with or without a leading dot or "*.", or a list of 1 to 1000000 such',
    'rules[3].use[2]: 5 is not allowed; allowed: the name of a line',
    'rules[4].use: [] is not allowed; allowed: the name of a line, or a list of 1 to 1024 such',
    'rules[5]: says nothing to do; needed: one of use, block, sticky, keepalive, idle_timeout_ms',
    'rules[6]: says nothing to do; needed: one of use, block, sticky, keepalive, idle_timeout_ms',
    'rules[7].use: does not go together with "block"; allowed: one of them',
    'rules[8].sticky: does not go together with "block"; allowed: one of them',
    'rules[9].block: "yes" is not allowed; allowed: true, or false as if it were not there; without quotes, and yes, no, on and off are texts',
    'rules[10]: "block" is not allowed; allowed: a rule: an object with conditions and what to do',
    'rules[3].use[1]: "telekom" is not the name of a line; did you mean "telecom"?',
  ]);
  assert.deepEqual(errorsIn({ rules: { zzzz: 1 } }).length, 1);
  assert.deepEqual(errorsOfRules({ zzzzzz: 1, block: true }), [`rules[0].zzzzzz: unknown key; allowed: ${keys}`]);
});

test('an entry of another key is told where it belongs', () => {
  const errors = errorsOfRules(
    { domain: ['*.example.org', '.b.test', '2001:db8::/32', 'a*.test'], block: true },
    { domain_suffix: '192.0.2.1', cidr: ['c.test', '*.d.test', 'c d'], block: true },
  );
  const range = 'an IP address or range, such as 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32';
  assert.deepEqual(errors, [
    'rules[0].domain[0]: "*.example.org" is not allowed; allowed: a host name; for this write "domain_suffix": "example.org"',
    'rules[0].domain[1]: ".b.test" is not allowed; allowed: a host name; for this write "domain_suffix": "b.test"',
    'rules[0].domain[2]: "2001:db8::/32" is not allowed; allowed: a host name; for this write "cidr": "2001:db8::/32"',
    'rules[0].domain[3]: "a*.test" is not allowed; allowed: a host name',
    'rules[1].domain_suffix: "192.0.2.1" is not allowed; allowed: a host name, with or without a leading dot or "*."; for this write "cidr": "192.0.2.1"',
    `rules[1].cidr[0]: "c.test" is not allowed; allowed: ${range}; for this write "domain": "c.test"`,
    `rules[1].cidr[1]: "*.d.test" is not allowed; allowed: ${range}; for this write "domain_suffix": "d.test"`,
    `rules[1].cidr[2]: "c d" is not allowed; allowed: ${range}`,
  ]);
});

test('conditions on clients are one value or a list, and name listeners by their address', () => {
  const all = { client: [], user: [], tag: [], listener: [] };
  const [first, second, third] = rulesOf([
    { client: ['10.1.2.3/8', 'unix', '::ffff:192.0.2.1', 'unix'], block: true },
    { user: ['alice', 'bob', 'alice'], tag: 'work', port: 443, sticky: 'tag' },
    { listener: ['127.0.0.1:7070', '127.0.0.1:7070'], domain: 'a.test', use: ['telecom'] },
  ]);
  const clients = { ...all, client: ['10.0.0.0/8', 'unix', '192.0.2.1'] };
  assert.deepEqual(first, { destinations: undefined, ports: [], clients, ruling: 'block' });
  assert.deepEqual(second?.clients, { ...all, user: ['alice', 'bob'], tag: ['work'] });
  assert.deepEqual(second?.ruling, { lines: undefined, sticky: 'tag' });
  assert.deepEqual(third?.clients, { ...all, listener: [0] });
});

test('listeners of `listen` are known by name, or by where they listen', () => {
  const listen = [{ port: 7001, name: 'lan' }, { port: 7002 }, { unix: '/tmp/tcproute-test.sock' }];
  const rules = [
    { listener: ['127.0.0.1:7002', 'lan'], block: true },
    { listener: 'unix:/tmp/tcproute-test.sock', block: true },
  ];
  const numbers = optionsOf(loadJson({ listen, rules })).rules.map(({ clients }) => clients?.listener);
  assert.deepEqual(numbers, [[0, 1], [2]]);
  const [wrong] = errorsIn({ listen, rules: [{ listener: ['lam', 'lan'], block: true }] });
  assert.equal(wrong, 'rules[0].listener: "lam" is not the name of a listener; did you mean "lan"?');
});

test('a sticky rule says for whom', () => {
  const kinds = [true, 'client', 'user', 'tag', 'site', false].map((sticky) => ({ use: ['telecom'], sticky }));
  const chosen = rulesOf(kinds).map(({ ruling }) => ruling !== 'block' && ruling.sticky);
  assert.deepEqual(chosen, ['client', 'client', 'user', 'tag', 'site', false]);
});

test('wrong conditions on clients are all reported at once, with what is allowed', () => {
  const errors = errorsOfRules(
    { client: ['10.0.0.0/33', 'unix', 5], user: ['alice+work', ''], tag: [], listener: ['lan', 7], block: true },
    { client: 'everybody', listener: '127.0.0.1:7071', sticky: 'host' },
    { user: 'u'.repeat(256), sticky: 'true' },
    { use: ['telekom'], listener: 'lan' },
  );
  const networks =
    'an address or range of clients, such as 10.0.0.0/8 or fd00::/8, or "unix" for those of Unix sockets';
  const sticky = '"client", "user", "tag", "site", true for "client", or false as if it were not there';
  assert.deepEqual(errors, [
    `rules[0].client[0]: "10.0.0.0/33" is not allowed; allowed: ${networks}`,
    `rules[0].client[2]: 5 is not allowed; allowed: ${networks}`,
    'rules[0].user[0]: "alice+work" is not allowed; allowed: the name of a user, without a tag',
    'rules[0].user[1]: "" is not allowed; allowed: the name of a user, without a tag',
    'rules[0].tag: [] is not allowed; allowed: a tag: what a user writes behind its name and a "+", or a list of 1 to 1000 such',
    'rules[0].listener[1]: 7 is not allowed; allowed: the name of a listener',
    `rules[1].client: "everybody" is not allowed; allowed: ${networks}`,
    `rules[1].sticky: "host" is not allowed; allowed: ${sticky}`,
    ...errors.slice(8, 9),
    `rules[2].sticky: "true" is not allowed; allowed: ${sticky}; without quotes, and yes, no, on and off are texts`,
    'rules[0].listener: "lan" is not the name of a listener; allowed: 127.0.0.1:7070',
    'rules[1].listener: "127.0.0.1:7071" is not the name of a listener; did you mean "127.0.0.1:7070"?',
    'rules[3].listener: "lan" is not the name of a listener; allowed: 127.0.0.1:7070',
    'rules[3].use: "telekom" is not the name of a line; did you mean "telecom"?',
  ]);
  assert.match(errors[8] ?? '', /^rules\[2\]\.user: "u+.* is not allowed; allowed: the name of a user, without a tag$/);
});

test('a rule for some clients leaves others to the rules behind it, so nobody is warned', () => {
  const loaded = loadJson({
    users: { alice: { password: 'sekrit' } },
    rules: [{ user: 'alice', use: ['direct'] }, { use: ['direct'] }, { port: 25, block: true }],
  });
  assert.deepEqual(loaded.warnings, ['c.json: line 1: rules[2]: is never used: the rule before it has no condition']);
});

test('a rule for a user that there is not is warned of, since one may come later', () => {
  const file = listFile('users.json', JSON.stringify({ bob: { password: 'hunter22' } }));
  const warnings = (users: object, ...names: readonly (string | readonly string[])[]) => {
    const rules = names.map((user, index) => ({ user, port: index + 1, block: true }));
    return loadJson({ ...users, rules }).warnings.map((warning) => warning.replace(/^c\.json: (?:line 1: )?/, ''));
  };
  const users = { alice: { password: 'sekrit' } };
  assert.deepEqual(warnings({ users, users_file: file }, 'alice', ['bob', 'alice']), []);
  assert.deepEqual(warnings({ users }, 'alise', ['alice', 'zoe']), [
    'rules[0].user: "alise" is not the name of a user now; did you mean "alice"?',
    'rules[1].user: "zoe" is not the name of a user now',
  ]);
  assert.deepEqual(warnings({}, 'alice'), ['rules[0].user: no users are set: the rule is for nobody']);
  // Where the users themselves are wrong, their names are not known.
  assert.deepEqual(errorsIn({ users: { alice: {} }, rules: [{ user: 'bob', block: true }] }).length, 1);
});

test('names and tags that no user can have are mistakes', () => {
  const errors = errorsOfRules({
    user: ['a\u0007', 'é'.repeat(128)],
    tag: ['a b', 't'.repeat(65), 'work'],
    block: true,
  });
  assert.deepEqual(
    errors.map((error) => error.replace(/: .*/, '')),
    ['rules[0].user[0]', 'rules[0].user[1]', 'rules[0].tag[0]', 'rules[0].tag[1]'],
  );
});

test('a line that there is not is told with its place and the nearest one there is', () => {
  assert.deepEqual(errorsOfRules({ block: true }, { use: ['telecom', 'telekom'] }, { use: ['nowhere'] }), [
    'rules[1].use[1]: "telekom" is not the name of a line; did you mean "telecom"?',
    'rules[2].use: "nowhere" is not the name of a line; allowed: telecom, socks5 127.0.0.1:5555, direct',
  ]);
  // Where the lines themselves are wrong, their names are not known.
  assert.deepEqual(errorsIn({ upstream: { type: 'direkt' }, rules: [{ use: ['telekom'] }] }), [
    'upstream.type: "direkt" is not a type of line; did you mean "direct"?',
  ]);
});

test('rules can come from the environment', () => {
  const fromEnvironment = (TCPROUTE_RULES: string) => loadJson({}, { environment: { TCPROUTE_RULES } });
  const { rules } = optionsOf(fromEnvironment('[{domain: "a.test", block: true}]'));
  assert.deepEqual(rules[0]?.destinations?.domain, ['a.test']);
  assert.deepEqual(errorsOf(fromEnvironment('[{domain: "a.test", use: ["x"]}]')), [
    'TCPROUTE_RULES: [0].use: "x" is not the name of a line; allowed: direct',
  ]);
  assert.match(errorsOf(fromEnvironment('[{'))[0] ?? '', /^TCPROUTE_RULES: line 1, column 3: .*; allowed: a list of/);
});

test('rules can be written in YAML and TOML', () => {
  const yaml = 'rules:\n  - domain_suffix: [a.test]\n    port: 8000-8999\n    block: true\n';
  const toml = '[[rules]]\ndomain_suffix = "a.test"\nport = "8000-8999"\nblock = true\n';
  const [first, second] = [loadText('c.yaml', yaml), loadText('c.toml', toml)].map((loaded) => optionsOf(loaded).rules);
  assert.deepEqual(first, second);
  assert.deepEqual(first?.[0]?.ports, [{ from: 8000, to: 8999 }]);
});

test('lists in files are named, not held, and a missing file or a bad line of a strict rule is an error', () => {
  const good = listFile('good.txt', '# comment\nads.test\n\n.tracker.test # and below\r\n');
  const bad = listFile('bad.txt', 'ads.test\nnot a name\n');
  const ranges = listFile('ranges.txt', '192.0.2.0/24\n2001:db8::/32\n');
  const [rule] = rulesOf([{ domain_suffix_file: good, cidr_file: [ranges], block: true }]);
  assert.deepEqual(rule?.destinations, {
    ...NO_NAMES,
    files: [
      { kind: 'domain_suffix', path: good },
      { kind: 'cidr', path: ranges },
    ],
  });
  const none = join(directory, 'none.txt');
  const what = 'a host name, with or without a leading dot or "*."';
  assert.deepEqual(
    errorsOfRules(
      { domain_suffix_file: [good, bad, none], block: true, strict: true },
      { cidr_file: directory, domain_file: '', block: true },
    ),
    [
      `rules[0].domain_suffix_file[1]: ${bad}: line 2: "not a name" is not ${what}`,
      `rules[0].domain_suffix_file[2]: ${none}: no such file`,
      'rules[1].domain_file: "" is not allowed; allowed: the path of a list',
      `rules[1].cidr_file: ${directory}: is a directory, not a file`,
    ],
  );
});

test('rules behind one without a condition are warned of', () => {
  const loaded = loadJson({ rules: [{ port: 25, block: true }, { use: ['direct'] }, { port: 26, block: true }] });
  assert.deepEqual(loaded.warnings, ['c.json: line 1: rules[2]: is never used: the rule before it has no condition']);
  assert.deepEqual(loadJson({ rules: [{ use: ['direct'] }] }).warnings, []);
});

test('more files, ports, rules and entries than are allowed are refused', () => {
  const one = listFile('one.txt', 'a.test\n');
  const half = listFile('half.txt', 'a\n'.repeat(600_000));
  const files = Array.from({ length: 64 }, () => one);
  assert.deepEqual(errorsOfRules({ domain_file: files, block: true }), []);
  assert.deepEqual(errorsOfRules({ domain_file: files, block: true }, { domain_file: one, block: true }), [
    'rules: 65 files; allowed: at most 64',
  ]);
  assert.deepEqual(errorsOfRules({ domain_file: [half, half], block: true }), [
    'rules: 1200000 names and ranges with those in files; allowed: at most 1000000',
  ]);
  assert.match(errorsOfRules({ port: Array(65).fill(1), block: true })[0] ?? '', /a list of 1 to 64 such$/);
  assert.match(errorsIn({ rules: Array(100_001).fill(0) })[0] ?? '', /^rules: .* allowed: a list of at most 100000/);
});
