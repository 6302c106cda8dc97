import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { parseIp } from '../../../../src/protocol/address/address.js';
import { LocalRoutes, parseLocalRoutes } from '../../../../src/workers/connection/shared/local-routes.js';

/** As the kernel writes it: a default route, an address, a local prefix of 64 and one of 61 bits, and a route that is not local. */
const ZERO = '00000000000000000000000000000000';
const line = (destination: string, bits: string, flags: string) =>
  `${destination} ${bits} ${ZERO} 00 ${ZERO} 00000400 00000001 00000000 ${flags}       lo\n`;
const TEXT = [
  line(ZERO, '00', '00200200'),
  line('00000000000000000000000000000001', '80', '80200001'),
  line('20010db8000100000000000000000000', '40', '80000001'),
  line('20010db8000200080000000000000000', '3d', '80000001'),
  line('20010db8000300000000000000000000', '40', '00000001'),
].join('');

const ip = (text: string): Uint8Array => parseIp(text) as Uint8Array;

test('addresses of local routes are the machine’s, down to the last bit of the prefix', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'tcproute-routes-'));
  const file = path.join(directory, 'ipv6_route');
  writeFileSync(file, TEXT);
  const routes = new LocalRoutes(() => 0, file);
  for (const own of ['::1', '2001:db8:1::5', '2001:db8:2:8::', '2001:db8:2:f:ffff::1'])
    assert.ok(routes.has(ip(own)), own);
  for (const other of ['::2', '2001:db8:1:1::', '2001:db8:2:7::', '2001:db8:2:10::', '2001:db8:3::1', '::'])
    assert.ok(!routes.has(ip(other)), other);
  rmSync(directory, { recursive: true });
});

test('they are read again after five seconds, and not more often', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'tcproute-routes-'));
  const file = path.join(directory, 'ipv6_route');
  let now = 0;
  const routes = new LocalRoutes(() => now, file);
  assert.equal(routes.has(ip('2001:db8:1::5')), false);
  writeFileSync(file, TEXT);
  now = 4999;
  assert.equal(routes.has(ip('2001:db8:1::5')), false);
  now = 5000;
  assert.equal(routes.has(ip('2001:db8:1::5')), true);
  rmSync(directory, { recursive: true });
});

test('what is no such text has no local routes', () => {
  for (const text of ['', '\n\n', 'x y z', TEXT.slice(0, 40)]) assert.deepEqual(parseLocalRoutes(text), []);
});
