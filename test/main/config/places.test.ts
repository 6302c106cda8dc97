// Where a mistake stands, in each format, and what is found by it: keys and names that stand twice, a comma that is
// missing, files that are named in a configuration.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { load } from '../../../src/main/config/load.js';
import { errorsOf, loadJson, loadText, optionsOf } from './load-text.js';

const directory = mkdtempSync(join(tmpdir(), 'tcproute-places-'));
after(() => rmSync(directory, { recursive: true }));

/** The line and the path of each mistake. */
const places = (name: string, text: string): string[] =>
  errorsOf(loadText(name, text)).map((error) => error.split(': ').slice(1, 3).join(' '));

test('every mistake in JSON has its line', () => {
  const text = `// a "comment": {
{
  "port": 70000, /* two
  lines */ prot: 1,
  'upstream': {"type": "multipath", "list": [
    "direct", {
      "type": "socks5", "host": "a", "port": 1,
      "pasword": "hunter2"
    },
    7,
    {"type": "socks5",
     "host": "b"}
  ]},
  "rules": [
    {"domain": ["a.test",
       "1.2.3.4"], "block": true},
    {"use": [
      "nowhere"]}
  ],
}`;
  assert.deepEqual(places('c.json', text), [
    'line 4 prot',
    'line 3 port',
    'line 8 upstream.list[1].pasword',
    'line 10 upstream.list[2]',
    'line 11 upstream.list[3].port',
    'line 16 rules[0].domain[1]',
  ]);
});

test('so it has in YAML, through aliases and "<<" too', () => {
  const text = `
port: 70000
proxy: 1
upstream:
  - &near
    type: socks5
    host: 10.0.0.1
    port: 0
  - <<: *near
    port: 1080
    name: [x]
  - *near
rules: [{block: true,
  port: 0}]
`;
  assert.deepEqual(places('c.yaml', text), [
    'line 3 proxy',
    'line 2 port',
    'line 8 upstream[0].port',
    'line 11 upstream[1].name',
    'line 8 upstream[2].port',
    'line 14 rules[0].port',
  ]);
});

test('so it has in TOML', () => {
  const text = `# "port"
port = 70000
prot = """
port = 1
"""

[upstream]
type = "multipath"
[[upstream.list]]
type = "direct"
[[upstream.list]]
# here
type = "socks5"
host = "a"
[limits]
lines_max = "x"
[dns]
rebind_allow = [
  "a b",
]
`;
  assert.deepEqual(places('c.toml', text), [
    'line 3 prot',
    'line 2 port',
    'line 11 upstream.list[1].port',
    'line 16 limits.lines_max',
    'line 18 dns.rebind_allow[0]',
  ]);
});

test('a comma that is missing is said, with the line that it is missing after', () => {
  const missing = (text: string) => errorsOf(loadText('c.json', text))[0];
  const expected = `c.json: line 3, column 3: invalid character '\\"': a comma is missing after line 2`;
  assert.equal(missing('{\n  "port": 1 // one\n  "host": "::1"\n}'), expected);
  assert.match(missing('{"nameservers": ["a"\n\n"b"]}') ?? '', /^c\.json: line 3, .*a comma is missing after line 1$/);
  assert.match(missing('{"a": {}\n{}}') ?? '', /a comma is missing after line 1$/);
  assert.doesNotMatch(missing('{"a": [1,\n}') ?? '', /comma is missing/);
});

test('a key that stands twice is a mistake in every format, and in the environment', () => {
  const twice = '{\n"limits": {"lines_max": 1},\n"hosts": {"a.test": "1.2.3.4",\n\'a.test\': "1.2.3.5"}, limits: {}}';
  assert.deepEqual(errorsOf(loadText('c.json', twice)), [
    'c.json: line 4: hosts["a.test"]: the same key stands in line 3; allowed: each key once',
    'c.json: line 4: limits: the same key stands in line 2; allowed: each key once',
  ]);
  assert.match(errorsOf(loadText('c.yaml', 'port: 1\nport: 2'))[0] ?? '', /^c\.yaml: line 2, .*unique/);
  assert.match(errorsOf(loadText('c.toml', 'port = 1\nport = 2'))[0] ?? '', /^c\.toml: line 2, /);
  assert.deepEqual(errorsOf(loadJson({}, { environment: { TCPROUTE_HOSTS: '{"a": "1.2.3.4", "a": "1.2.3.5"}' } })), [
    'TCPROUTE_HOSTS: a: the same key stands there twice; allowed: each key once',
  ]);
});

test('a key that is written twice in other words is a mistake that names both lines', () => {
  const json = (text: string) => errorsOf(loadText('c.json', text));
  assert.deepEqual(json('{"limits": {"lines_max": 1},\n"limits.lines_max": 1}'), [
    'c.json: line 2: ["limits.lines_max"]: the same key is at c.json: line 1: limits.lines_max; allowed: each key once',
  ]);
  assert.deepEqual(json('{"dns": {"probe": {"rounds": 1},\n"probe.rounds": 2},\n"dns.probe": {"rounds": 3}}'), [
    'c.json: line 2: dns["probe.rounds"]: the same key is at c.json: line 1: dns.probe.rounds; allowed: each key once',
    'c.json: line 3: ["dns.probe"].rounds: the same key is at c.json: line 1: dns.probe.rounds; allowed: each key once',
  ]);
  assert.deepEqual(errorsOf(loadText('c.toml', '"limits.lines_max" = 2\n[limits]\nlines_max = 3')), [
    'c.toml: line 3: limits.lines_max: the same key is at c.toml: line 1: ["limits.lines_max"]; allowed: each key once',
  ]);
  assert.deepEqual(json('{"log_level": "info",\n"logLevel": "debug"}'), [
    'c.json: line 2: logLevel: "debug" differs from "info", which is the same key at c.json: line 1: log_level; allowed: one of them',
  ]);
  assert.deepEqual(json('{"hosts": {"a.test": "1.1.1.1",\n"A.test.": "1.1.1.2"}}'), [
    'c.json: line 2: hosts["A.test."]: the same name is at c.json: line 1: hosts["a.test"]; allowed: each name once',
  ]);
});

test("another program's file is one mistake, also where it has some of our keys", () => {
  const told = (name: string, text: string) =>
    errorsOf(loadText(name, text)).map((error) => error.replace(/; allowed: log_level, log, host, .*$/, ''));
  const unlike = (strange: string) => `does not look like a configuration of TcpRoute, which knows no ${strange}`;
  assert.deepEqual(told('c.json', '{"name": 1, "version": 2, "scripts": {}, "engines": {}, "main": "x"}'), [
    `c.json: ${unlike('"name", "version", "scripts", "main"')}`,
  ]);
  assert.deepEqual(told('v.json', '{"log": {}, "inbounds": [7], "outbounds": [], "routing": {}, "dns": {"tag": 1}}'), [
    `v.json: ${unlike('"inbounds", "outbounds", "routing"')}`,
  ]);
  // Two strange keys are slips, and so are three among as many of ours.
  assert.equal(told('c.json', '{"inbounds": [], "outbounds": []}').length, 2);
  assert.equal(
    told('c.json', '{"aaaa": 1, "bbbb": 2, "cccc": 3, "port": 1, "host": "::1", "engine": "auto"}').length,
    3,
  );
});

test('two lines of one name are a mistake, one that is multiplied and those without a name are not', () => {
  const direct = (name?: string) => ({ type: 'direct', name });
  assert.deepEqual(
    errorsOf(loadText('c.json', '{"upstream": [{"type": "direct", "name": "a"},\n{"type":"direct",\n"name": "a"}]}')),
    ['c.json: line 3: upstream[1].name: another line has the name "a": c.json: line 1: upstream[0]'],
  );
  const proxy = { type: 'socks5', host: 'p', port: 1, name: 'a', upstream: [direct('b'), { type: 'direct' }] };
  assert.deepEqual(
    optionsOf(loadJson({ upstream: [proxy, { type: 'direct' }, { type: 'direct' }] })).lines.map(({ name }) => name),
    ['a', 'a #2', 'direct', 'direct #2'],
  );
});

test('"<<" of YAML takes over what a map has, and anything else in its place is a mistake with its line', () => {
  const text = 'x: 1\nupstream:\n  - {type: direct, name: a}\n  - {<<: 5, type: direct}\n';
  assert.match(errorsOf(loadText('c.yaml', text))[0] ?? '', /^c\.yaml: line 4, column 6: "<<" takes a map/);
});

test("relative files are found from the configuration's folder, those of the environment from the working directory", () => {
  const [conf, work] = [join(directory, 'conf'), join(directory, 'work')];
  for (const folder of [conf, work]) mkdirSync(folder);
  for (const folder of [conf, work]) writeFileSync(join(folder, 'list.txt'), 'a.test\n');
  const text = JSON.stringify({
    rules: [{ domain_file: 'list.txt', block: true }],
    cache: { state_file: 'routes' },
    dns: { state_file: './names', ca_file: 'ca.pem' },
  });
  writeFileSync(join(conf, 'c.json'), text);
  const at = (file: string, environment = {}) => optionsOf(load({ file, directory: work, environment, flags: {} }));
  for (const file of ['../conf/c.json', join(conf, 'c.json')]) {
    const { rules, cache, dns } = at(file);
    assert.equal(rules[0]?.destinations?.files[0]?.path, join(conf, 'list.txt'));
    assert.deepEqual(
      [cache.state_file, dns.state_file, dns.ca_file],
      ['routes', 'names', 'ca.pem'].map((name) => join(conf, name)),
    );
  }
  const { cache, rules } = at('../conf/c.json', {
    TCPROUTE_CACHE_STATE_FILE: 'mine',
    TCPROUTE_RULES: '[{domain_file: "list.txt", block: true}]',
  });
  assert.deepEqual(
    [cache.state_file, rules[0]?.destinations?.files[0]?.path],
    [join(work, 'mine'), join(work, 'list.txt')],
  );
  symlinkSync('routes', join(conf, 'link'));
  const same = JSON.stringify({ cache: { state_file: 'link' }, dns: { state_file: 'routes' } });
  writeFileSync(join(conf, 'same.json'), same);
  assert.match(
    errorsOf(load({ file: join(conf, 'same.json'), directory: work, environment: {}, flags: {} }))[0] ?? '',
    /same file/,
  );
});

test("a config.json that nobody named and that is another program's is refused, or passed over where that is asked", () => {
  const folder = mkdtempSync(join(directory, 'other-'));
  const loadDefault = (strangers?: 'passed over') =>
    load({ file: undefined, directory: folder, environment: {}, flags: {}, ...(strangers && { strangers }) });
  for (const text of ['{"compilerOptions": {}, "theme": 1}', '[1]', '"x"']) {
    writeFileSync(join(folder, 'config.json'), text);
    assert.deepEqual(errorsOf(loadDefault()), [
      "config.json: seems to be another program's: none of its keys is one of the configuration; name the right file with -c, or start in another directory",
    ]);
    const passed = loadDefault('passed over');
    assert.ok(passed.kind === 'loaded' && passed.file === undefined);
    assert.match(passed.warnings[0] ?? '', /^config\.json: seems to be another program's.*passed over$/);
  }
  // One key of ours, or a slip, and it is ours.
  for (const text of ['{"theme": 1, "port": 0}', '{"prot": 1}']) {
    writeFileSync(join(folder, 'config.json'), text);
    assert.match(errorsOf(loadDefault('passed over'))[0] ?? '', /unknown key/);
  }
  writeFileSync(join(folder, 'config.json'), '{}');
  assert.ok(loadDefault().kind === 'loaded');
});
