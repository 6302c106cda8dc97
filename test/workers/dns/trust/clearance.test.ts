import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createServer } from 'node:tls';
import { Clearance, type Handshake, verifiedHandshake } from '../../../../src/workers/dns/trust/clearance.js';
import { certificateFor } from '../../../helpers/certificate.js';

test('only a certificate for the very name, from an authority that is trusted, verifies', async (t) => {
  const { key, cert } = certificateFor('live.net');
  const server = createServer({ key, cert });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  assert.equal(await verifiedHandshake({ port, ca: cert })('127.0.0.1', 'live.net').outcome, true);
  assert.equal(await verifiedHandshake({ port, ca: cert })('127.0.0.1', 'other.net').outcome, false);
  assert.equal(await verifiedHandshake({ port })('127.0.0.1', 'live.net').outcome, false);
  const ended = verifiedHandshake({ port, ca: cert })('127.0.0.1', 'live.net');
  ended.end();
  assert.equal(await ended.outcome, false);
});

test('few at a time, few in line, and each address seldom', async () => {
  const pending: (() => void)[] = [];
  const tried: string[] = [];
  const handshake: Handshake = (address) => {
    tried.push(address);
    let settle = (): void => {};
    const outcome = new Promise<boolean>((resolve) => {
      settle = () => resolve(true);
    });
    pending.push(settle);
    return { outcome, end: settle };
  };
  const cleared: string[] = [];
  const clock = { ms: 0 };
  const clearance = new Clearance(
    (address) => cleared.push(address),
    () => clock.ms,
    handshake,
  );
  for (let i = 0; i < 100; i += 1) clearance.consider(`9.9.0.${i}`, 'live.net');
  for (let i = 0; i < 100; i += 1) clearance.consider('9.9.0.0', 'live.net');
  assert.equal(tried.length, 4);
  while (pending.length > 0) {
    for (const settle of pending.splice(0)) settle();
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  }
  // Four under way and 64 in line.
  assert.equal(tried.length, 68);
  assert.deepEqual(cleared, tried);
  clearance.consider('9.9.0.0', 'live.net');
  assert.equal(tried.length, 68);
  clock.ms = 600_000;
  clearance.consider('9.9.0.0', 'live.net');
  assert.equal(tried.length, 69);
  clearance.stop();
});
