import assert from 'node:assert/strict';
import { test } from 'node:test';
import { targetOfText } from '../../../src/protocol/address/target.js';

test('a host with or without a port is a target, an IPv6 address in brackets where a port follows', () => {
  const targets: readonly (readonly [string, string, number])[] = [
    ['Example.ORG', 'example.org', 443],
    ['example.org.:80', 'example.org', 80],
    ['192.0.2.1', '192.0.2.1', 443],
    ['192.0.2.1:65535', '192.0.2.1', 65_535],
    ['2001:DB8::1', '2001:db8::1', 443],
    ['[2001:db8::1]', '2001:db8::1', 443],
    ['[2001:db8::1]:22', '2001:db8::1', 22],
    ['[::ffff:192.0.2.1]:22', '192.0.2.1', 22],
  ];
  for (const [text, host, port] of targets) {
    const target = targetOfText(text, 443);
    assert.deepEqual([text, target?.host, target?.port], [text, host, port]);
    assert.equal(target?.ip === undefined, host === 'example.org');
  }
});

test('a trailing dot is asked for, but no part of the name', () => {
  const asked = (text: string) => {
    const { host, asked } = targetOfText(text, 443) as { host: string; asked: string };
    return [host, asked];
  };
  assert.deepEqual(asked('Example.ORG.'), ['example.org', 'example.org.']);
  assert.deepEqual(asked('Example.ORG'), ['example.org', 'example.org']);
  assert.deepEqual(asked('2001:DB8::1'), ['2001:db8::1', '2001:db8::1']);
});

test('anything else is none', () => {
  const none = [
    '',
    ':80',
    'a:',
    'a:0',
    'a:65536',
    'a:b',
    'a:1:2',
    '2001:db8::1:99999',
    '[a]:1',
    '[192.0.2.1]:1',
    '[::1',
  ];
  for (const text of [...none, '[::1]x', 'https://a.test/', 'a b', '1.2.3', `${'a'.repeat(64)}.test`])
    assert.equal(targetOfText(text, 443), undefined, text);
});
