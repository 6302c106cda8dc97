import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorsOf, loadText, optionsOf } from '../load-text.js';

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
    ['c.yaml', 'port: 1\nport: 2\n', 'c.yaml: line 2, column 1: Map keys must be unique'],
    ['c.yaml', 'a: *b\n', 'c.yaml: line 1, column 4: an alias without its anchor'],
    ['c.toml', 'a = 1\nb = = 2', 'c.toml: line 2, column 5: invalid value'],
  ];
  for (const [name, text, error] of wrong) assert.deepEqual(errorsOf(loadText(name, text)), [error]);
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
