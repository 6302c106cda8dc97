import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createServer } from 'node:tls';
import {
  VerifiedAddresses,
  type VerifyAddress,
  verifyByTls,
} from '../../../../src/workers/dns/trust/verified-addresses.js';
import { certificateFor } from '../../../helpers/certificate.js';

test('only a certificate for the very name, from an authority that is trusted, verifies', async (t) => {
  const { key, cert } = certificateFor('live.net');
  const server = createServer({ key, cert });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  assert.equal(await verifyByTls({ port, ca: cert })('127.0.0.1', 'live.net').outcome, true);
  assert.equal(await verifyByTls({ port, ca: cert })('127.0.0.1', 'other.net').outcome, false);
  assert.equal(await verifyByTls({ port })('127.0.0.1', 'live.net').outcome, false);
  const ended = verifyByTls({ port, ca: cert })('127.0.0.1', 'live.net');
  ended.end();
  assert.equal(await ended.outcome, false);
});

test('few at a time, few in line, and each address seldom', async () => {
  const pending: (() => void)[] = [];
  const tried: string[] = [];
  const verify: VerifyAddress = (address) => {
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
  const verified = new VerifiedAddresses(
    (address) => cleared.push(address),
    () => clock.ms,
    verify,
  );
  for (let i = 0; i < 100; i += 1) verified.consider(`9.9.0.${i}`, 'live.net');
  for (let i = 0; i < 100; i += 1) verified.consider('9.9.0.0', 'live.net');
  assert.equal(tried.length, 4);
  while (pending.length > 0) {
    for (const settle of pending.splice(0)) settle();
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  }
  // Four under way and 64 in line.
  assert.equal(tried.length, 68);
  assert.deepEqual(cleared, tried);
  verified.consider('9.9.0.0', 'live.net');
  assert.equal(tried.length, 68);
  clock.ms = 600_000;
  verified.consider('9.9.0.0', 'live.net');
  assert.equal(tried.length, 69);
  verified.stop();
});
