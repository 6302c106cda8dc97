import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Target, targetOfIp, targetOfName } from '../../../../../src/protocol/address/target.js';
import { byRule } from '../../../../../src/protocol/race/failure.js';
import { type Allowed, allowedByName } from '../../../../../src/workers/connection/udp/quic/server-name.js';

const ADDRESS = targetOfIp(Uint8Array.of(192, 0, 2, 1), 443);
const CANDIDATES = [0, 2, 1].map((number) => ({ line: { number } }));
const only = (...lines: number[]): Allowed => ({ code: 'allowed', lines });

/** With the targets for which the rules were asked. */
function allowed(name: string, answer: Allowed, target: Target = ADDRESS) {
  const asked: string[] = [];
  const left = allowedByName(name, target, CANDIDATES, ({ host, port }) => {
    asked.push(`${host}:${port}`);
    return answer;
  });
  return { left, asked };
}

test('a rule that blocks the name blocks the flow', () => {
  const blocked = byRule('blocked', 3);
  assert.deepEqual(allowed('WWW.bad.test.', blocked), { left: blocked, asked: ['www.bad.test:443'] });
});

test('a rule that gives the name some lines leaves those of the address that are among them, in their order', () => {
  assert.deepEqual(allowed('www.site.test', only(1, 2)).left, CANDIDATES.slice(1));
});

test('a name brings no line that the address may not use', () => {
  const { left } = allowed('www.site.test', only(5));
  assert.equal('code' in left && left.code, 'kept-away');
});

test('a name that takes nothing away leaves the candidates as they are', () => {
  assert.equal(allowed('www.site.test', only(0, 1, 2, 3)).left, CANDIDATES);
});

test('rules are not asked again for the name that the client has asked for', () => {
  const target = targetOfName('site.test', 443);
  assert.deepEqual(allowed('Site.test', only(1), target), { left: CANDIDATES, asked: [] });
});

test('what is no name is passed over: rules for addresses are for the true one', () => {
  for (const name of ['192.0.2.7', '[2001:db8::1]', '', 'a b', 'x'.repeat(300)])
    assert.deepEqual(allowed(name, byRule('blocked', 0)), { left: CANDIDATES, asked: [] }, name);
});
