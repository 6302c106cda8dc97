// The vectors of RFC 9001 appendix A and RFC 9369 appendix A: keys, both sides' Initial packets, and Retry.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FirstFlight } from '../../../src/protocol/quic/client-initial.js';
import { initialKeys } from '../../../src/protocol/quic/initial-keys.js';
import { readLongPacket } from '../../../src/protocol/quic/long-header.js';
import { fullNumber, openInitial } from '../../../src/protocol/quic/packet-protection.js';
import { isAuthenticRetry } from '../../../src/protocol/quic/retry.js';
import { ServerAnswers } from '../../../src/protocol/quic/server-answer.js';
import { VERSION_1, VERSION_2 } from '../../../src/protocol/quic/versions.js';
import { CHOSEN_ID, CLIENT_FRAMES, hex, SERVER_FRAMES, VECTORS } from '../../helpers/quic/vectors.js';

const inHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

for (const [version, vectors] of [
  [VERSION_1, VECTORS[1]],
  [VERSION_2, VECTORS[2]],
] as const) {
  const name = version === VERSION_1 ? 'version 1' : 'version 2';

  test(`the keys of both sides in ${name}`, () => {
    for (const side of ['client', 'server'] as const) {
      const { key, iv, headerKey } = initialKeys(version, CHOSEN_ID, side);
      assert.deepEqual({ key: inHex(key), iv: inHex(iv), headerKey: inHex(headerKey) }, vectors[side]);
    }
  });

  for (const [side, bytes, frames, number] of [
    ['client', vectors.clientInitial, CLIENT_FRAMES, 2],
    ['server', vectors.serverInitial, SERVER_FRAMES, 1],
  ] as const) {
    test(`the ${side}'s Initial packet in ${name}, and none that differs in one byte or is cut off`, () => {
      const packet = readLongPacket(bytes, 0, bytes.length);
      assert.ok(packet !== undefined);
      assert.equal(packet.type, 'initial');
      assert.equal(packet.end, bytes.length);
      const keys = initialKeys(version, CHOSEN_ID, side);
      const before = inHex(bytes);
      const opened = openInitial(keys, bytes, packet, 0);
      assert.ok(opened !== undefined);
      assert.equal(opened.number, number);
      assert.equal(inHex(opened.payload.subarray(0, frames.length)), inHex(frames));
      assert.ok(opened.payload.subarray(frames.length).every((byte) => byte === 0));
      assert.equal(inHex(bytes), before);

      const forged = Uint8Array.from(bytes);
      for (let at = 0; at < bytes.length; at += 1) {
        forged[at] ^= 1;
        const other = readLongPacket(forged, 0, forged.length);
        if (other?.type === 'initial') assert.equal(openInitial(keys, forged, other, 0), undefined, `byte ${at}`);
        forged[at] ^= 1;
        assert.equal(readLongPacket(bytes, 0, at), undefined, `cut off after ${at}`);
      }
    });
  }

  test(`the first flight of ${name} is for example.com`, () => {
    const flight = new FirstFlight();
    assert.deepEqual(flight.feed(vectors.clientInitial, 0, vectors.clientInitial.length), {
      kind: 'hello',
      hello: { serverName: 'example.com', protocols: ['alpn'] },
    });
    assert.deepEqual(flight.ids, { version, destination: CHOSEN_ID, source: new Uint8Array(0) });
  });

  test(`Initial and Retry of the server of ${name} answer it, and nothing that differs in one byte`, () => {
    for (const [answer, bytes] of [
      ['initial', vectors.serverInitial],
      ['retry', vectors.retry],
    ] as const) {
      const answers = new ServerAnswers({ version, destination: CHOSEN_ID, source: new Uint8Array(0) });
      assert.equal(answers.read(bytes, 0, bytes.length), answer);
      const shifted = Uint8Array.from([...hex('c0ffee'), ...bytes, 0xff]);
      assert.equal(answers.read(shifted, 3, 3 + bytes.length), answer);
      for (let at = 0; at < bytes.length; at += 1) {
        assert.notEqual(answers.read(bytes, 0, at), answer, `cut off after ${at}`);
        const forged = Uint8Array.from(bytes);
        for (const bit of [0x01, 0x80]) {
          forged[at] ^= bit;
          assert.notEqual(answers.read(forged, 0, forged.length), answer, `byte ${at}`);
          forged[at] ^= bit;
        }
      }
    }
  });

  test(`a Retry of ${name} answers only the client that chose the id`, () => {
    const packet = readLongPacket(vectors.retry, 0, vectors.retry.length);
    assert.ok(packet !== undefined);
    assert.equal(isAuthenticRetry(version, CHOSEN_ID, vectors.retry, packet), true);
    assert.equal(isAuthenticRetry(version, hex('8394c8f03e515709'), vectors.retry, packet), false);
  });
}

test('a packet number is the one closest to what is expected', () => {
  // RFC 9000 appendix A.3.
  assert.equal(fullNumber(0x9b32, 2, 0xa82f30eb), 0xa82f9b32);
  assert.equal(fullNumber(0, 1, 0), 0);
  assert.equal(fullNumber(255, 1, 0), 255);
  assert.equal(fullNumber(0, 1, 255), 256);
  assert.equal(fullNumber(250, 1, 260), 250);
  assert.equal(fullNumber(0xffffffff, 4, 0), 0xffffffff);
});
