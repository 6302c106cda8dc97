import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorsIn, loadJson, optionsOf } from '../load-text.js';

const udpOf = (udp: object) => optionsOf(loadJson({ udp })).udp;

test('addresses for clients are canonical, one of each family', () => {
  assert.deepEqual(udpOf({ advertise: '203.0.113.7' }).advertise, ['203.0.113.7']);
  assert.deepEqual(udpOf({ advertise: ['2001:DB8::0:1', '203.0.113.7'] }).advertise, ['2001:db8::1', '203.0.113.7']);
  assert.equal(udpOf({ advertise: null }).advertise, null);
  for (const advertise of ['gateway.test', '0.0.0.0', '::', [], ['192.0.2.1', '192.0.2.2'], [7], 7, '192.0.2.1:80'])
    assert.match(
      errorsIn({ udp: { advertise } }).join(),
      /^udp.advertise.*: .* is not allowed; allowed: an IP address/,
    );
});

test('ports are a range', () => {
  assert.deepEqual(udpOf({ ports: '20000-20999' }).ports, { from: 20_000, to: 20_999 });
  assert.deepEqual(udpOf({ ports: ' 1 - 65535 ' }).ports, { from: 1, to: 65_535 });
  assert.equal(udpOf({ ports: null }).ports, null);
  for (const ports of ['20000', '2-1', '0-5', '5-65536', '-', 5, [], 'a-b'])
    assert.match(errorsIn({ udp: { ports } }).join(), /^udp.ports: .* is not allowed; allowed: a range of ports/);
});
