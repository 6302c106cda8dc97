import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolvedWhere, unfitLines, usableLines } from '../../../../src/main/commands/explain/lines.js';
import { type Target, targetOfText } from '../../../../src/protocol/address/target.js';
import { type Hop, lineOf } from '../../../../src/protocol/lines/line.js';

const ANY = { ip: undefined, port: 0 };
const hop = (kind: Hop['kind']): Hop => ({
  ...{ kind, host: '192.0.2.1', port: 1080, username: undefined, password: undefined },
});
const lines = [
  lineOf(0, 'direct', ANY, []),
  lineOf(4, 'socks5', ANY, [hop('socks5')]),
  lineOf(7, 'socks4', ANY, [hop('socks5'), hop('socks4')]),
];
const target = (text: string): Target => targetOfText(text, 443) as Target;
const only = (...numbers: number[]) => ({ lines: numbers, sticky: false }) as const;

test('the lines that may be used are those of the rule and of the user', () => {
  const names = (...args: [Parameters<typeof usableLines>[1], readonly number[] | undefined]) =>
    usableLines({ lines }, ...args).map(({ name }) => name);
  assert.deepEqual(names(undefined, undefined), ['direct', 'socks5', 'socks4']);
  assert.deepEqual(names(only(4, 7), undefined), ['socks5', 'socks4']);
  assert.deepEqual(names(only(4, 7), [0, 7]), ['socks4']);
  assert.deepEqual(names('block', undefined), []);
});

test('a name is resolved here for direct lines, and by the proxies of the others', () => {
  const where = (text: string, ...numbers: number[]) =>
    resolvedWhere(target(text), { lines }, only(...numbers), undefined);
  assert.equal(where('a.test', 0), 'here');
  assert.equal(where('a.test', 0, 4), 'here-and-by-proxy');
  assert.equal(where('a.test', 4, 7), 'by-proxy');
  assert.equal(where('192.0.2.7', 0), 'literal');
  assert.equal(resolvedWhere(target('a.test'), { lines }, 'block', undefined), 'blocked');
});

test('a line that ends with SOCKS4 is unfit for an IPv6 address', () => {
  const why = 'the last proxy of the line has no addresses of this kind (SOCKS4 has no IPv6 addresses)';
  assert.deepEqual(unfitLines(target('[2001:db8::1]'), lines), [{ line: 'socks4', why }]);
  assert.deepEqual(unfitLines(target('192.0.2.7'), lines), []);
  assert.deepEqual(unfitLines(target('a.test'), lines), []);
});
