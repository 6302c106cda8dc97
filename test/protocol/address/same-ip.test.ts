import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sameIp } from '../../../src/protocol/address/same-ip.js';

test('addresses are the same octet by octet, and in one family only', () => {
  const ip = Uint8Array.of(192, 0, 2, 1);
  assert.ok(sameIp(ip, Uint8Array.of(192, 0, 2, 1)));
  for (let at = 0; at < 4; at += 1)
    assert.ok(
      !sameIp(
        ip,
        ip.map((octet, index) => (index === at ? 7 : octet)),
      ),
      `${at}`,
    );
  const mapped = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1);
  assert.ok(!sameIp(ip, mapped));
});
