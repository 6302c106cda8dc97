import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorsOf, listensAt, loadText, optionsOf } from '../load-text.js';

const LINES = ['direct', 'socks5 10.0.0.1:1080'];
const names = (name: string, text: string) => optionsOf(loadText(name, text)).lines.map((line) => line.name);

test('JSON may have comments and trailing commas, and may begin with a byte order mark', () => {
  const text = `\uFEFF// lines
  { "upstream": { "type": "multipath", /* two */ "list": [
    { "type": "direct" }, { "type": "socks5", "host": "10.0.0.1", "port": 1080 }, ] } }`;
  assert.deepEqual(names('c.json', text), LINES);
  assert.deepEqual(names('c', text), LINES);
  assert.deepEqual(names('c.conf', text), LINES);
});

test('YAML', () => {
  const text = `
upstream: # lines
  type: multipath
  list:
    - type: direct
    - { type: socks5, host: 10.0.0.1, port: 1080 }
`;
  assert.deepEqual(names('c.yaml', text), LINES);
  assert.deepEqual(names('c.yml', text), LINES);
  assert.deepEqual(names('c.yml', '# nothing\n'), ['direct']);
});

test('TOML', () => {
  const text = `
port = 0
[upstream]
type = "multipath" # lines
[[upstream.list]]
type = "direct"
[[upstream.list]]
type = "socks5"
host = "10.0.0.1"
port = 1080
`;
  assert.deepEqual(names('c.toml', text), LINES);
});

test('wrong syntax is an error with file, line and column', () => {
  const wrong: readonly (readonly [string, string, string])[] = [
    ['c.json', '{\n  "port": 1,,\n}', "c.json: line 2, column 13: invalid character ','"],
    ['c.json', '', 'c.json: line 1, column 1: invalid end of input'],
    ['c.yaml', 'port: 1\nport: 2\n', 'c.yaml: line 2, column 1: port: Map keys must be unique'],
    ['c.yaml', 'a: *b\n', 'c.yaml: line 1, column 4: an alias without its anchor'],
    ['c.toml', 'a = 1\nb = = 2', 'c.toml: line 2, column 5: b: invalid value'],
  ];
  for (const [name, text, error] of wrong) assert.deepEqual(errorsOf(loadText(name, text)), [error]);
});

const TEXT_IN_QUOTES = 'a text stands in quotes: "…"';

test('all mistakes of a YAML text are told at once, each with its key', () => {
  const text = 'host: "::1\nport: 70\n\tworkers: 1\nport: 71\nlog_level: info: x\nupstream: @a\n';
  assert.deepEqual(errorsOf(loadText('c.yaml', text)), [
    'c.yaml: line 1, column 7: host: a value begins with " and does not end with it',
  ]);
  assert.deepEqual(errorsOf(loadText('c.yaml', text.replace('"', ''))), [
    'c.yaml: line 3, column 1: workers: Tabs are not allowed as indentation; indent with spaces',
    'c.yaml: line 4, column 1: port: Map keys must be unique',
    'c.yaml: line 5, column 12: log_level: Nested mappings are not allowed in compact mappings; a value with ": " in it stands in quotes, and each key in a line of its own',
    'c.yaml: line 6, column 11: upstream: Plain value cannot start with reserved character @; a value that begins with this character stands in quotes',
  ]);
  assert.deepEqual(errorsOf(loadText('c.yaml', 'port 70\npassword hunter2\n')), [
    'c.yaml: is one text, without keys; allowed: an object with the keys of the configuration',
  ]);
});

test('mistakes of a TOML text are told at once where each is a line of its own', () => {
  const text = `port = 70
host = 127.0.0.1
password = hunter2
idle_timeout_ms = 5m # x
block = yes
port = 71
IpBlacklist = [ "a" "b" ]
engine = auto
`;
  assert.deepEqual(errorsOf(loadText('c.toml', text)), [
    `c.toml: line 2, column 13: host: illegal character in numeric literal; ${TEXT_IN_QUOTES}`,
    `c.toml: line 3, column 12: password: invalid value; ${TEXT_IN_QUOTES}`,
    `c.toml: line 4, column 20: idle_timeout_ms: illegal character in numeric literal; ${TEXT_IN_QUOTES}`,
    'c.toml: line 5, column 9: block: invalid value; allowed: true or false, in small letters',
    'c.toml: line 6, column 1: port: trying to redefine an already defined table or value',
    'c.toml: line 7, column 21: IpBlacklist: expected comma or end of structure',
  ]);
});

test('a text without quotes in JSON is told with its key and what is allowed', () => {
  const allowed = 'allowed: a text in quotes, a number, true, false or null';
  assert.deepEqual(errorsOf(loadText('c.json', '{"port": 1,\n "host": 127.0.0.1}')), [
    `c.json: line 2, column 15: host: invalid character '.'; ${allowed}`,
  ]);
  assert.deepEqual(errorsOf(loadText('c.json', '{"rules": [{block: yes}]}')), [
    `c.json: line 1, column 20: block: invalid character 'y'; ${allowed}`,
  ]);
});

test('a text of another format than its name says is told as one, and JSON may stand in a YAML file', () => {
  const json = '// x\n{"port": 70}';
  const yaml = '# x\nport: 70\nhost: [\n';
  const toml = '# x\n[limits]\nlines_max = 1\n';
  const looks = (like: string, as: string, ending: string) =>
    `looks like ${like}, but is read as ${as} by the end of its name; allowed: a name that ends in ${ending}, or ${as} in it`;
  const wrong: readonly (readonly [string, string, string])[] = [
    ['c.json', yaml, looks('YAML', 'JSON', '.yaml')],
    ['c', yaml, looks('YAML', 'JSON', '.yaml')],
    ['c.json', '- direct\n', looks('YAML', 'JSON', '.yaml')],
    ['c.json', toml, looks('TOML', 'JSON', '.toml')],
    ['c.json', 'port = 70', looks('TOML', 'JSON', '.toml')],
    ['c.yaml', toml, looks('TOML', 'YAML', '.toml')],
    ['c.yml', 'port = 70', looks('TOML', 'YAML', '.toml')],
    ['c.toml', json, looks('JSON', 'TOML', '.json')],
    ['c.toml', yaml, looks('YAML', 'TOML', '.yaml')],
  ];
  for (const [name, text, error] of wrong) assert.deepEqual(errorsOf(loadText(name, text)), [`${name}: ${error}`]);
  assert.equal(listensAt(loadText('c.yaml', json)).port, 70);
  assert.equal(listensAt(loadText('c.yaml', '{port: 70, host: ::1} # YAML')).host, '::1');
});

test('a message about the syntax does not quote the line', () => {
  assert.doesNotMatch(errorsOf(loadText('c.yaml', 'password: "hunter2\n')).join(), /hunter2/);
  assert.doesNotMatch(errorsOf(loadText('c.toml', 'password = hunter2')).join(), /hunter2/);
  assert.doesNotMatch(errorsOf(loadText('c.json', '{"password": hunter2}')).join(), /hunter2/);
});

test('values that only YAML or TOML can write are refused like any other', () => {
  for (const value of ['.nan', '.inf', '0x7fffffffff', '!!binary aGk=', '[a]']) {
    assert.equal(errorsOf(loadText('c.yaml', `port: ${value}`)).length, 1, value);
  }
  assert.match(errorsOf(loadText('c.toml', 'port = 1979-05-27'))[0] ?? '', /^c\.toml: line 1: port: "1979-05-27/);
});

test('trees that are too deep, circular or explode by aliases are refused', () => {
  const deep = '['.repeat(5000) + ']'.repeat(5000);
  assert.deepEqual(errorsOf(loadText('c.json', deep)), ['c.json: nested deeper than 200 levels']);
  assert.deepEqual(errorsOf(loadText('c.yaml', 'a: &a [*a, *a]')), ['c.yaml: nested deeper than 200 levels']);
  const tenfold = (alias: string) => `[${Array(10).fill(alias).join(',')}]`;
  const bomb = `a: &a [x]\nb: &b ${tenfold('*a')}\nc: &c ${tenfold('*b')}\nd: ${tenfold('*c')}`;
  assert.match(errorsOf(loadText('c.yaml', bomb))[0] ?? '', /alias/i);
  const wide = `{"IpBlacklist": [${Array(250_001).fill(0).join(',')}]}`;
  assert.deepEqual(errorsOf(loadText('c.json', wide)), ['c.json: more than 250000 values']);
});

test('a file that is not UTF-8 is refused with the line, in every format', () => {
  const config = '{\n"users": {"wang": {"password": "\xc3\xdc\xc2\xeb"}}}';
  for (const name of ['c.json', 'c.yaml', 'c.toml']) {
    assert.deepEqual(errorsOf(loadText(name, Buffer.from(config, 'latin1'))), [
      `${name}: is not UTF-8 text: line 2 has other bytes; save it as UTF-8`,
    ]);
  }
});

test('a variable that is not UTF-8 gives no password', () => {
  const users = Buffer.from('{"wang": {"password": "\xc3\xdc"}}', 'latin1').toString('utf8');
  assert.match(errorsOf(loadText('c.json', '{}', { environment: { TCPROUTE_USERS: users } })).join(), /wang.*password/);
});
