import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Progress, progressOf, STUCK_MS, WATCHED_MS } from '../../../src/protocol/quic/handshake-progress.js';
import { VERSION_2 } from '../../../src/protocol/quic/versions.js';
import { CLIENT_IDS, ofClient, sealedPacket } from '../../helpers/quic/packets.js';

const { own, server } = CLIENT_IDS;
const HANDSHAKE = sealedPacket('handshake', server, own);
/** With a short header (RFC 9000 section 17.3). */
const SHORT = Uint8Array.of(0x41, ...server, ...new Array<number>(24).fill(7));
const OTHER = Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9);
const NONE = new Uint8Array(0);

const progress = (datagram: Uint8Array, since_ms: number, id = own): Progress =>
  progressOf(id, datagram, 0, datagram.length, since_ms);

test('Handshake packets soon after the answer are the handshake itself', () => {
  for (const ms of [0, 50, STUCK_MS - 1]) assert.equal(progress(HANDSHAKE, ms), 'goes-on');
});

test('a client that still sends them later gets nothing through', () => {
  for (const ms of [STUCK_MS, WATCHED_MS - 1]) assert.equal(progress(HANDSHAKE, ms), 'stuck');
  assert.equal(progress(sealedPacket('handshake', server, NONE), STUCK_MS, NONE), 'stuck');
  assert.equal(progress(ofClient([2, 0, 0, 0, 0], { destination: server }), STUCK_MS), 'stuck', 'its own Initial');
});

test('another connection of the same socket says nothing of this one', () => {
  assert.equal(progress(ofClient([1], { source: OTHER }), STUCK_MS), 'goes-on');
  assert.equal(progress(ofClient([1], { source: OTHER, version: VERSION_2 }), STUCK_MS), 'goes-on');
  assert.equal(progress(sealedPacket('handshake', server, OTHER), STUCK_MS), 'goes-on');
  assert.equal(progress(ofClient([1], { source: NONE }), STUCK_MS, NONE), 'done', 'nothing tells them apart any more');
});

test('short headers prove nothing: such a client sends them, too, as soon as it has the keys', () => {
  for (const ms of [0, STUCK_MS, WATCHED_MS - 1]) assert.equal(progress(SHORT, ms), 'goes-on');
});

test('what is no packet proves nothing', () => {
  assert.equal(progress(Uint8Array.of(0xe1, 0, 0), STUCK_MS), 'goes-on');
});

test('in the end nothing more is expected', () => {
  for (const datagram of [HANDSHAKE, SHORT]) assert.equal(progress(datagram, WATCHED_MS), 'done');
});
