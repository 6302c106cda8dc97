// What the commands say of the egress policy.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deniedAmong, deniedAt, deniedText, hostsWarnings, policyText } from '../../../src/main/commands/egress.js';

const NOTHING = { deny: [], allow: [], guarded: false };
const EGRESS = { ...NOTHING, deny: ['private', 'all:25'], allow: ['10.0.0.5:5432', '10.0.0.6:8000-8999'] };

test('the addresses that are denied at a port, with the entry that denies', () => {
  assert.deepEqual(deniedAt(443, ['10.0.0.5', '192.0.2.1', 'fd00::1'], EGRESS), [
    { address: '10.0.0.5', why: 'egress.deny: private 10.0.0.0/8' },
    { address: 'fd00::1', why: 'egress.deny: private fc00::/7' },
  ]);
  assert.deepEqual(deniedAt(5432, ['10.0.0.5'], EGRESS), []);
  assert.deepEqual(deniedAt(443, ['127.0.0.1'], NOTHING), []);
});

test('without a port: at which ports', () => {
  const said = (address: string) => deniedAmong([address], EGRESS).map(deniedText);
  assert.deepEqual(said('192.0.2.1'), ['192.0.2.1, port 25 (egress.deny: all:25 0.0.0.0/0)']);
  assert.deepEqual(said('10.0.0.1'), ['10.0.0.1 (egress.deny: private 10.0.0.0/8)']);
  assert.deepEqual(said('10.0.0.5'), [
    '10.0.0.5, port 1-5431 (egress.deny: private 10.0.0.0/8)',
    '10.0.0.5, port 5433-65535 (egress.deny: private 10.0.0.0/8)',
  ]);
  assert.deepEqual(deniedAmong(['127.0.0.1'], { ...NOTHING, guarded: true }).map(deniedText), [
    '127.0.0.1 (by default: loopback 127.0.0.0/8)',
  ]);
});

test('the policy as check prints it', () => {
  assert.equal(policyText(NOTHING), '');
  assert.equal(
    policyText({ ...EGRESS, guarded: true }),
    `egress:
  denied by default, since other machines may come: loopback, link-local, metadata, multicast, own
  denied: private, all:25
  allowed: 10.0.0.5:5432, 10.0.0.6:8000-8999
`,
  );
});

test('an address of hosts that no client reaches brings a warning', () => {
  const hosts = { 'a.test': ['10.0.0.1', '192.0.2.1'], 'b.test': ['192.0.2.1'] };
  assert.deepEqual(hostsWarnings({ hosts, egress: { ...NOTHING, deny: ['private'] } }), [
    'hosts: a.test: the egress policy denies 10.0.0.1 (egress.deny: private 10.0.0.0/8)',
  ]);
  assert.deepEqual(hostsWarnings({ hosts, egress: NOTHING }), []);
});
