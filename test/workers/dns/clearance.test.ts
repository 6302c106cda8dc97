import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { createServer } from 'node:tls';
import { Clearance, type Handshake, verifiedHandshake } from '../../../src/workers/dns/clearance.js';

test('only a certificate for the very name, from an authority that is trusted, verifies', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tcproute-clearance-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { key, cert } = certificate(folder, 'live.net');
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

function certificate(folder: string, name: string): { key: string; cert: string } {
  const [keyout, out] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  execFileSync('openssl', [...request, '-keyout', keyout, '-out', out, ...subject], { stdio: 'ignore' });
  return { key: readFileSync(keyout, 'utf8'), cert: readFileSync(out, 'utf8') };
}
