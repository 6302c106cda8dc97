// Whether an address and port lead back to the gateway, for every way to write it and for several listeners.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../src/protocol/address/address.js';
import { OwnListeners } from '../../../src/protocol/address/own-listeners.js';
import { sameIp } from '../../../src/protocol/address/same-ip.js';

const ip = (text: string): Uint8Array => parseIp(text) as Uint8Array;

/** The machine has these addresses beside loopback. */
const MACHINE = ['192.0.2.1', '2001:db8::1'].map(ip);

function listenersAt(...endpoints: readonly (readonly [string, number])[]): OwnListeners {
  return new OwnListeners(
    endpoints.map(([host, port]) => ({ ip: ip(host), port })),
    (address) => MACHINE.some((own) => sameIp(own, address)),
  );
}

const EMBEDDED_LOOPBACK = ['::ffff:127.0.0.1', '::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::7f00:1', '2002:7f00:1::'];
const EMBEDDED_OWN = ['::ffff:192.0.2.1', '::192.0.2.1', '64:ff9b::c000:201', '2002:c000:201::'];

test('one on loopback is at its own address, in every form, and at the addresses that mean no host', () => {
  const own = listenersAt(['127.0.0.1', 7070]);
  for (const address of ['127.0.0.1', ...EMBEDDED_LOOPBACK, '0.0.0.0', '::'])
    assert.ok(own.has(ip(address), 7070), address);
  for (const address of ['127.0.0.2', '::1', '192.0.2.1', '64:ff9b::7f00:2'])
    assert.ok(!own.has(ip(address), 7070), address);
  assert.ok(!own.has(ip('127.0.0.1'), 7071));
});

test('one on all IPv4 addresses is at each of the machine’s', () => {
  const own = listenersAt(['0.0.0.0', 7070]);
  for (const address of ['127.0.0.1', '127.9.9.9', '192.0.2.1', '0.0.0.0', ...EMBEDDED_LOOPBACK, ...EMBEDDED_OWN])
    assert.ok(own.has(ip(address), 7070), address);
  for (const address of ['192.0.2.2', '::1', '2001:db8::1', '64:ff9b::c000:202'])
    assert.ok(!own.has(ip(address), 7070), address);
});

test('one on :: is at the IPv4 addresses too', () => {
  const own = listenersAt(['::', 7070]);
  const all = ['127.0.0.1', '192.0.2.1', '::1', '2001:db8::1', '0.0.0.0', '::', ...EMBEDDED_LOOPBACK, ...EMBEDDED_OWN];
  for (const address of all) assert.ok(own.has(ip(address), 7070), address);
  for (const address of ['192.0.2.2', '2001:db8::2']) assert.ok(!own.has(ip(address), 7070), address);
});

test('several listeners are each at their own address and port', () => {
  const own = listenersAt(
    ['127.0.0.1', 7070],
    ['::1', 7071],
    ['192.0.2.1', 7072],
    ['0.0.0.0', 7073],
    ['127.0.0.2', 7070],
  );
  for (const [address, port] of [
    ['127.0.0.1', 7070],
    ['127.0.0.2', 7070],
    ['::1', 7071],
    ['192.0.2.1', 7072],
    ['64:ff9b::c000:201', 7072],
    ['127.0.0.1', 7073],
    ['192.0.2.1', 7073],
  ] as const) {
    assert.ok(own.has(ip(address), port), `${address} ${port}`);
  }
  for (const [address, port] of [
    ['127.0.0.3', 7070],
    ['::1', 7070],
    ['127.0.0.1', 7071],
    ['127.0.0.1', 7072],
    ['192.0.2.2', 7073],
    ['::1', 7073],
  ] as const) {
    assert.ok(!own.has(ip(address), port), `${address} ${port}`);
  }
  assert.deepEqual(
    [7070, 7071, 7072, 7073, 7074].map((port) => own.hasPort(port)),
    [true, true, true, true, false],
  );
});
