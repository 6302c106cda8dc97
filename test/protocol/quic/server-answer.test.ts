// Answers of servers, of forgers, and of networks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ServerAnswers } from '../../../src/protocol/quic/server-answer.js';
import { VERSION_1, VERSION_2 } from '../../../src/protocol/quic/versions.js';
import { mutationRuns } from '../../helpers/mutation-runs.js';
import {
  CLIENT_IDS,
  cryptoFrame,
  negotiationPacket,
  ofClient,
  ofServer,
  retryPacket,
  sealedPacket,
} from '../../helpers/quic/packets.js';

const { chosen, own, server } = CLIENT_IDS;
const SERVER_HELLO = cryptoFrame(0, Uint8Array.from([2, 0, 0, 60, ...Array<number>(60).fill(3)]));
const ACK = [2, 0, 0, 0, 0];
const TOKEN = Uint8Array.of(1, 2, 3);
const ids = { version: VERSION_1, destination: chosen, source: own };
const read = (...packets: Uint8Array[]) => {
  const datagram = Uint8Array.from(packets.flatMap((packet) => [...packet]));
  return new ServerAnswers(ids).read(datagram, 0, datagram.length);
};

test('an Initial packet of the server takes part, with or without more behind it', () => {
  const initial = ofServer([...ACK, ...SERVER_HELLO]);
  assert.equal(read(initial), 'initial');
  assert.equal(read(initial, sealedPacket('handshake', own, server)), 'initial');
  assert.equal(read(sealedPacket('handshake', own, server), initial), 'initial');
  assert.equal(read(ofServer(ACK)), 'initial');
  assert.equal(read(ofServer([1])), 'initial');
  assert.equal(read(ofServer(cryptoFrame(500, TOKEN), { number: 3 })), 'initial');
  assert.equal(read(ofServer([3, 0, 0, 1, 0, 0, 0, 1, 2, 3, ...SERVER_HELLO])), 'initial');
});

test('a server may answer in the other version, but not with a Retry', () => {
  assert.equal(read(ofServer(SERVER_HELLO, { version: VERSION_2 })), 'initial');
  assert.equal(read(retryPacket(chosen, own, server, TOKEN)), 'retry');
  assert.equal(read(retryPacket(chosen, own, server, TOKEN, VERSION_2)), 'forged');
});

test('an Initial packet that closes is a refusal', () => {
  assert.equal(read(ofServer([...ACK, 0x1c, 2, 0, 3, 1, 2, 3])), 'closed');
});

test('a Retry without a token, with the same id, or for another client is none', () => {
  assert.equal(read(retryPacket(chosen, own, server, new Uint8Array(0))), 'forged');
  assert.equal(read(retryPacket(chosen, own, chosen, TOKEN)), 'forged');
  assert.equal(read(retryPacket(chosen, server, server, TOKEN)), 'forged');
  assert.equal(read(retryPacket(server, own, server, TOKEN)), 'forged');
});

test('a Version Negotiation fits only with both ids and without the version of the client', () => {
  assert.equal(read(negotiationPacket(own, chosen, [VERSION_2.number, 0x0a0a0a0a])), 'negotiation');
  assert.equal(read(negotiationPacket(own, chosen, [VERSION_2.number, VERSION_1.number])), 'forged');
  assert.equal(read(negotiationPacket(own, server, [VERSION_2.number])), 'forged');
  assert.equal(read(negotiationPacket(chosen, chosen, [VERSION_2.number])), 'forged');
  assert.equal(read(negotiationPacket(own, chosen, [])), 'forged');
  assert.equal(read(negotiationPacket(own, chosen, [VERSION_2.number]), Uint8Array.of(1)), 'forged');
});

test('packets that only the client can read are early', () => {
  assert.equal(read(sealedPacket('handshake', own, server)), 'early');
  const short = Uint8Array.from([0x45, ...own, ...Array<number>(20).fill(9)]);
  assert.equal(read(short), 'early');
  assert.equal(read(sealedPacket('handshake', own, server), short), 'early');
  assert.equal(read(short.subarray(0, -1)), 'forged');
});

test('what the server of this client does not send is forged', () => {
  const forgeries: [string, Uint8Array][] = [
    ['nothing', new Uint8Array(0)],
    ['text', Uint8Array.from(Buffer.from('HTTP/1.1 403 Forbidden'))],
    ['zeros', new Uint8Array(1200)],
    ['a short header for another client', Uint8Array.from([0x45, ...server, ...Array<number>(20).fill(9)])],
    ['a short header that is cut off', Uint8Array.from([0x45, ...own.subarray(0, 3)])],
    ['an Initial for another client', ofServer(SERVER_HELLO, { destination: server })],
    ['an Initial with the keys of another id', ofServer(SERVER_HELLO, { chosen: server })],
    ['an Initial with the keys of the client', ofServer(SERVER_HELLO, { side: 'client' })],
    ['the datagram of the client itself', ofClient(SERVER_HELLO)],
    ['an Initial with a token', ofServer(SERVER_HELLO, { token: TOKEN })],
    ['an Initial without frames', ofServer([], { numberSize: 4 })],
    ['an Initial with reserved bits', ofServer(SERVER_HELLO, { bits: 0x04 })],
    ['an Initial with a ClientHello', ofServer(cryptoFrame(0, Uint8Array.of(1, 0, 0, 50)))],
    ['an Initial with a frame of streams', ofServer([0x08, 0, 1, 1])],
    ['an Initial with a broken ACK', ofServer([2, 0, 0, 0x3f, 0])],
    ['a Handshake packet for another client', sealedPacket('handshake', server, server)],
    ['early data', sealedPacket('zero-rtt', own, server)],
    ['an unknown version', Uint8Array.from([0xc0, 0xff, 0, 0, 29, 4, ...own, 5, ...server, 1, 2, 3])],
  ];
  for (const [what, datagram] of forgeries) assert.equal(read(datagram), 'forged', what);
});

test('only the first packets of a datagram are looked at', () => {
  const handshake = sealedPacket('handshake', own, server, 20);
  const initial = ofServer(SERVER_HELLO);
  assert.equal(read(handshake, handshake, handshake, initial), 'initial');
  assert.equal(read(handshake, handshake, handshake, handshake, initial), 'early');
});

test('a client with an empty id', () => {
  const answers = new ServerAnswers({ version: VERSION_1, destination: chosen, source: new Uint8Array(0) });
  const initial = ofServer(SERVER_HELLO, { destination: new Uint8Array(0) });
  assert.equal(answers.read(initial, 0, initial.length), 'initial');
  assert.equal(answers.read(new Uint8Array(21).fill(0x40), 0, 21), 'early');
});

test('no change of an authentic packet, and no noise, is authentic', () => {
  const packets = [ofServer([...ACK, ...SERVER_HELLO]), retryPacket(chosen, own, server, TOKEN)];
  fc.assert(
    fc.property(
      fc.nat(1),
      fc.array(fc.tuple(fc.nat(10_000), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 }),
      (which, changes) => {
        const bytes = Uint8Array.from(packets[which]);
        for (const [place, change] of changes) bytes[place % bytes.length] ^= change;
        if (Buffer.compare(bytes, packets[which]) === 0) return;
        assert.match(read(bytes), /^(?:forged|early)$/);
      },
    ),
    { numRuns: mutationRuns(5000) },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1500 }), (bytes) => assert.match(read(bytes), /^(?:forged|early)$/)),
    { numRuns: mutationRuns(5000) },
  );
});
