import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressOf, STUCK_MS, WATCHED_MS } from '../../../src/protocol/quic/handshake-progress.js';

/** First bytes of a Handshake packet and of one with a short header (RFC 9000 sections 17.2 and 17.3). */
const [HANDSHAKE, SHORT] = [0xe1, 0x41];

test('Handshake packets soon after the answer are the handshake itself', () => {
  for (const ms of [0, 50, STUCK_MS - 1]) assert.equal(progressOf(HANDSHAKE, ms), 'goes-on');
});

test('a client that still sends them later gets nothing through', () => {
  for (const ms of [STUCK_MS, WATCHED_MS - 1]) assert.equal(progressOf(HANDSHAKE, ms), 'stuck');
});

test('short headers prove nothing: such a client sends them, too, as soon as it has the keys', () => {
  for (const ms of [0, STUCK_MS, WATCHED_MS - 1]) assert.equal(progressOf(SHORT, ms), 'goes-on');
});

test('in the end nothing more is expected', () => {
  for (const first of [HANDSHAKE, SHORT]) assert.equal(progressOf(first, WATCHED_MS), 'done');
});
