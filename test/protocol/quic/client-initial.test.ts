// The first flight of a client: over several datagrams, in any order, repeated, with early data, and hostile ones.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FirstFlight, mayBeInitial, OPENED_MAX } from '../../../src/protocol/quic/client-initial.js';
import { STREAM_SIZE_MAX } from '../../../src/protocol/quic/crypto-stream.js';
import { VERSION_2 } from '../../../src/protocol/quic/versions.js';
import { mutationRuns } from '../../helpers/mutation-runs.js';
import { CHROMIUM_FLIGHT, CHROMIUM_FLIGHT_2 } from '../../helpers/quic/captured-flight.js';
import {
  CLIENT_IDS,
  cryptoFrame,
  helloMessage,
  initialPacket,
  ofClient,
  sealedPacket,
} from '../../helpers/quic/packets.js';

const { chosen, own, server } = CLIENT_IDS;
const HELLO = helloMessage({ serverName: 'Example.Test.', protocols: ['h3', 'h3-29'] });
const WHOLE = { kind: 'hello', hello: { serverName: 'example.test', protocols: ['h3', 'h3-29'] } };
const INCOMPLETE = { kind: 'incomplete' };
const REPEAT = { kind: 'repeat' };
const none = (reason: string) => ({ kind: 'none', reason });
const feed = (flight: FirstFlight, datagram: Uint8Array) => flight.feed(datagram, 0, datagram.length);
const read = (...datagrams: Uint8Array[]) => {
  const flight = new FirstFlight();
  return datagrams.map((datagram) => feed(flight, datagram));
};
const whole = (hello = HELLO) => cryptoFrame(0, hello);
const piece = (start: number, end: number, hello = HELLO) => cryptoFrame(start, hello.subarray(start, end));
const joined = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

test('a ClientHello in one datagram is read, where the datagram lies, in both versions', () => {
  assert.deepEqual(read(ofClient(whole())), [WHOLE]);
  assert.deepEqual(read(ofClient(whole(), { version: VERSION_2 })), [WHOLE]);
  const shifted = joined(Uint8Array.of(1, 2, 3), ofClient(whole()), Uint8Array.of(9));
  const flight = new FirstFlight();
  assert.deepEqual(flight.feed(shifted, 3, shifted.length - 1), WHOLE);
  assert.deepEqual(flight.ids?.destination, chosen);
  assert.deepEqual(flight.ids?.source, own);
});

test('packet numbers of any size, a token, and an empty id of the client make no difference', () => {
  for (const [number, numberSize] of [
    [0, 1],
    [77, 1],
    [300, 2],
    [70_000, 3],
    [0xfffffffe, 4],
  ]) {
    assert.deepEqual(read(ofClient(whole(), { number, numberSize })), [WHOLE], `${number}`);
  }
  const near = { numberSize: 1, number: 250 };
  assert.deepEqual(read(ofClient(piece(0, 20), near), ofClient(piece(20, HELLO.length), { ...near, number: 300 })), [
    ...[INCOMPLETE, WHOLE],
  ]);
  assert.deepEqual(read(ofClient(whole(), { token: new Uint8Array(100) })), [WHOLE]);
  assert.deepEqual(read(ofClient(whole(), { source: new Uint8Array(0) })), [WHOLE]);
});

test('a ClientHello with a post-quantum key share takes two datagrams, in either order', () => {
  const hello = helloMessage({ serverName: 'pq.test', keyShare: 1216 });
  const first = ofClient(piece(0, 1000, hello), { number: 0 });
  const second = ofClient(piece(1000, hello.length, hello), { number: 1 });
  const result = { kind: 'hello', hello: { serverName: 'pq.test', protocols: [] } };
  assert.deepEqual(read(first, second), [INCOMPLETE, result]);
  assert.deepEqual(read(second, first), [INCOMPLETE, result]);
  assert.deepEqual(read(second, second, first, second), [INCOMPLETE, INCOMPLETE, result, REPEAT]);
});

test('pieces that are shuffled among PING and PADDING, as Chromium sends them', () => {
  const cuts = [0, 3, 4, 40, 41, 90, HELLO.length];
  const pieces = cuts.slice(1).map((end, i) => piece(cuts[i], end));
  const frames = [5, 0, 3, 1, 4, 2].flatMap((place) => [1, ...pieces[place], 0, 0, 1]);
  assert.deepEqual(read(ofClient(frames)), [WHOLE]);
});

test('any cuts, in any order, over any datagrams, with repetitions', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(HELLO.length), { maxLength: 12 }),
      fc.array(fc.nat(1000), { minLength: 30, maxLength: 30 }),
      fc.integer({ min: 1, max: 5 }),
      (places, keys, perDatagram) => {
        const cuts = [0, ...places, HELLO.length].sort((a, b) => a - b);
        const once = cuts.slice(1).map((end, i) => piece(cuts[i], end));
        const pieces = [...once, ...once.slice(0, 3)]
          .map((frames, i) => ({ frames, key: keys[i] }))
          .sort((a, b) => a.key - b.key)
          .map(({ frames }) => frames);
        const datagrams: Uint8Array[] = [];
        for (let at = 0; at < pieces.length; at += perDatagram) {
          datagrams.push(ofClient(pieces.slice(at, at + perDatagram).flat(), { number: datagrams.length }));
        }
        const results = read(...datagrams);
        const hello = results.findIndex(({ kind }) => kind === 'hello');
        assert.deepEqual(results[hello], WHOLE);
        assert.ok(results.every(({ kind }, i) => kind === (i < hello ? 'incomplete' : i > hello ? 'repeat' : 'hello')));
      },
    ),
    { numRuns: mutationRuns(500) },
  );
});

test('the same datagram and a repetition with a new packet number belong to the flight', () => {
  const first = ofClient(whole());
  assert.deepEqual(read(first, first, ofClient(whole(), { number: 1 }), ofClient([1], { number: 2 })), [
    ...[WHOLE, REPEAT, REPEAT, REPEAT],
  ]);
});

test('early data ends the race: coalesced, in a datagram of its own, and as the ClientHello announces it', () => {
  const early = sealedPacket('zero-rtt', chosen, own, 200);
  const short = initialPacket({ chosen, destination: chosen, source: own, side: 'client' }, whole(), 900);
  assert.deepEqual(read(joined(short, early, new Uint8Array(200))), [none('zero-rtt')]);
  assert.deepEqual(read(ofClient(whole()), early), [WHOLE, none('zero-rtt')]);
  assert.deepEqual(read(ofClient(piece(0, 20)), sealedPacket('zero-rtt', chosen, own, 1200)), [
    ...[INCOMPLETE, none('zero-rtt')],
  ]);
  const announces = helloMessage({ serverName: 'early.test', earlyData: true, psk: true });
  assert.deepEqual(read(ofClient(whole(announces))), [none('zero-rtt')]);
  assert.deepEqual(read(sealedPacket('zero-rtt', chosen, own, 1200)), [none('zero-rtt')]);
});

test('the name is read of a flight with early data too, where its ClientHello is whole', () => {
  const early = sealedPacket('zero-rtt', chosen, own, 200);
  const announces = helloMessage({ serverName: 'early.test', earlyData: true, psk: true });
  const short = (hello: Uint8Array) =>
    initialPacket({ chosen, destination: chosen, source: own, side: 'client' }, whole(hello), 1000);
  for (const datagram of [ofClient(whole(announces)), joined(short(announces), early), joined(short(HELLO), early)]) {
    const flight = new FirstFlight();
    assert.deepEqual(feed(flight, datagram), none('zero-rtt'));
    assert.match(flight.hello?.serverName ?? '', /^(?:early|example)\.test$/);
  }
  const flight = new FirstFlight();
  assert.deepEqual(feed(flight, sealedPacket('zero-rtt', chosen, own, 1200)), none('zero-rtt'));
  assert.equal(flight.hello, undefined);
});

test('a flight of Chromium by either version, in either order, with repetitions, and cut off', () => {
  const result = { kind: 'hello', hello: { serverName: 'quic.test', protocols: ['h3'] } };
  for (const [first, second] of [CHROMIUM_FLIGHT, CHROMIUM_FLIGHT_2]) {
    assert.deepEqual(read(first, second, first, second), [INCOMPLETE, result, REPEAT, REPEAT]);
    assert.deepEqual(read(second, first), [INCOMPLETE, result]);
    for (let end = 0; end < first.length; end += 1)
      assert.equal(new FirstFlight().feed(first, 0, end).kind, 'none', `cut off after ${end}`);
  }
});

test('a second flight is none that may be sent elsewhere, and nothing is read after it', () => {
  const later: [string, Uint8Array][] = [
    ['a Handshake packet', sealedPacket('handshake', server, own, 1200)],
    ['a small Handshake packet', sealedPacket('handshake', server, own, 60)],
    ['a short header', Uint8Array.from([0x40, ...Array(60).fill(7)])],
    ['another id of the server', ofClient(whole(), { destination: server, chosen: server })],
    [
      'another id of the server with the same keys',
      ofClient(whole(), { destination: Uint8Array.from([...server, 1, 2, 3]) }),
    ],
    ['another id of the client', ofClient(whole(), { source: server })],
    ['another version', ofClient(whole(), { version: VERSION_2 })],
    ['an ACK', ofClient([2, 0, 0, 0, 0, ...whole()], { number: 3 })],
    ['a CONNECTION_CLOSE', ofClient([0x1c, 1, 0, 0], { number: 3 })],
  ];
  for (const [what, datagram] of later) {
    const [first, second, third] = read(ofClient(whole()), datagram, ofClient(whole()));
    assert.deepEqual(first, WHOLE, what);
    assert.equal(second.kind, 'none', what);
    assert.match(second.kind === 'none' ? second.reason : '', /^(?:second-flight|malformed)$/, what);
    assert.deepEqual(third, second, what);
  }
});

test('what is no QUIC of a known version is told by its first bytes', () => {
  const initial = ofClient(whole());
  const can = (bytes: Uint8Array, end = bytes.length) => mayBeInitial(bytes, 0, end);
  assert.equal(can(initial), true);
  assert.equal(can(initial, 1199), false);
  assert.equal(can(joined(initial, new Uint8Array(4096 - 1200))), true);
  assert.equal(can(joined(initial, new Uint8Array(4097 - 1200))), false);
  for (const bytes of [new Uint8Array(0), new Uint8Array(1200), new Uint8Array(1200).fill(0x40)]) {
    assert.equal(can(bytes), false);
    assert.deepEqual(read(bytes), [none('not-quic')]);
  }
  for (const version of [0, 2, 0x0a0a0a0a, 0xff00001d]) {
    const other = Uint8Array.from(initial);
    new DataView(other.buffer).setUint32(1, version);
    assert.equal(can(other), false);
    assert.deepEqual(read(other), [none('not-quic')]);
  }
  assert.deepEqual(read(sealedPacket('handshake', chosen, own, 1200)), [none('not-quic')]);
});

test('a packet that is not protected by the keys of its id is forged', () => {
  const forged = ofClient(whole());
  forged[600] ^= 1;
  assert.deepEqual(read(forged), [none('forged')]);
  assert.deepEqual(read(ofClient(whole(), { side: 'server' })), [none('forged')]);
  assert.deepEqual(read(ofClient(whole(), { bits: 0x08 })), [none('forged')]);
});

test('what breaks the rules is malformed', () => {
  const broken: [string, Uint8Array][] = [
    ['an id that is too short to be chosen', ofClient(whole(), { chosen: own, destination: own })],
    ['an id that is too long', ofClient(whole(), { chosen: new Uint8Array(21), destination: new Uint8Array(21) })],
    ['a frame that does not belong there', ofClient([...whole(), 0x08, 0, 1, 1])],
    ['a CONNECTION_CLOSE of the application', ofClient([0x1d, 0, 0])],
    ['a frame type of two bytes', ofClient([0x40, 1])],
    ['a CRYPTO frame that passes the end', ofClient([6, 0, 0x7f, 0xff])],
    ['a ServerHello', ofClient(cryptoFrame(0, Uint8Array.from([2, ...HELLO.subarray(1)])))],
    ['a ClientHello that is shorter than any', ofClient(cryptoFrame(0, Uint8Array.of(1, 0, 0, 40)))],
    ['a ClientHello with broken lists', ofClient(cryptoFrame(0, Uint8Array.from([1, 0, 0, 60, ...Array(60).fill(3)])))],
    ['bytes behind the ClientHello', ofClient(cryptoFrame(0, Uint8Array.from([...HELLO, 1])))],
    ['bytes that contradict others', ofClient([...whole(), ...cryptoFrame(9, Uint8Array.of(HELLO[9] ^ 1))])],
    ['a packet that is cut off', joined(ofClient(whole()), Uint8Array.of(0xc0, 0, 0, 0, 1, 8))],
  ];
  for (const [what, datagram] of broken) assert.deepEqual(read(datagram), [none('malformed')], what);
});

test('a second ClientHello in a repetition does not replace the first one', () => {
  const other = helloMessage({ serverName: 'Hidden-.Test.', protocols: ['h3', 'h3-29'] });
  assert.equal(other.length, HELLO.length);
  assert.deepEqual(read(ofClient(whole()), ofClient(whole(other), { number: 1 })), [WHOLE, none('malformed')]);
});

test('a ClientHello that is too long, too many pieces and too many packets end the reading', () => {
  assert.deepEqual(read(ofClient(cryptoFrame(0, Uint8Array.of(1, 0, 0x40, 0)))), [none('too-much')]);
  assert.deepEqual(read(ofClient(cryptoFrame(0, Uint8Array.of(1, 1, 0, 0)))), [none('too-much')]);
  assert.deepEqual(read(ofClient(cryptoFrame(STREAM_SIZE_MAX, Uint8Array.of(1)))), [none('malformed')]);
  assert.deepEqual(read(ofClient(cryptoFrame(STREAM_SIZE_MAX - 1, Uint8Array.of(1)))), [INCOMPLETE]);
  const gaps = Array.from({ length: 65 }, (_, i) => cryptoFrame(i * 2, Uint8Array.of(1))).flat();
  assert.deepEqual(read(ofClient(gaps)), [none('malformed')]);
  const single = Array.from({ length: 513 }, (_, i) =>
    cryptoFrame(i % 200, HELLO.subarray(i % 200, (i % 200) + 1)),
  ).flat();
  assert.deepEqual(read(initialPacket({ chosen, destination: chosen, source: own, side: 'client' }, single)), [
    none('malformed'),
  ]);

  const first = ofClient(whole());
  const results = read(...Array.from({ length: OPENED_MAX + 1 }, () => first));
  assert.deepEqual(results.slice(-2), [REPEAT, none('too-much')]);
  // Many small packets in one datagram.
  const small = initialPacket({ chosen, destination: chosen, source: own, side: 'client' }, [1]);
  assert.deepEqual(read(joined(...Array.from({ length: OPENED_MAX + 1 }, () => small))), [none('too-much')]);
});

test('zeros behind the packets fill the datagram up; anything else does not belong there', () => {
  const packet = initialPacket({ chosen, destination: chosen, source: own, side: 'client' }, whole());
  assert.deepEqual(read(joined(packet, new Uint8Array(1200))), [WHOLE]);
  assert.deepEqual(read(joined(packet, new Uint8Array(1200).fill(0x41))), [none('malformed')]);
});

test('a name that is none, and lists that are broken, leave the name out', () => {
  for (const name of ['192.0.2.1', 'bad name', '', 'a'.repeat(300), 'ä.test']) {
    const [reading] = read(ofClient(whole(helloMessage({ serverName: name }))));
    assert.deepEqual(reading, { kind: 'hello', hello: { serverName: undefined, protocols: [] } }, name);
  }
  const otherType = Uint8Array.from(HELLO);
  otherType[otherType.indexOf(0x45) - 3] = 1;
  assert.deepEqual(read(ofClient(whole(otherType))), [
    { kind: 'hello', hello: { serverName: undefined, protocols: ['h3', 'h3-29'] } },
  ]);
  const hello = helloMessage({ protocols: ['h3'] });
  hello[hello.indexOf(0x68) - 1] = 3;
  assert.deepEqual(read(ofClient(whole(hello))), [{ kind: 'hello', hello: { serverName: undefined, protocols: [] } }]);
});

test('any bytes, and any change of an honest datagram, end in a reading', () => {
  const honest = ofClient(whole());
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(honest.length - 1), fc.nat(255)), { maxLength: 6 }),
      fc.uint8Array({ maxLength: 60 }),
      fc.nat(60),
      (changes, noise, at) => {
        const bytes = Uint8Array.from(honest);
        for (const [place, value] of changes) bytes[place] = value;
        bytes.set(noise, at);
        const [reading] = read(bytes);
        if (Buffer.compare(bytes, honest) !== 0) assert.equal(reading.kind, 'none');
      },
    ),
    { numRuns: mutationRuns(5000) },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (frames) => {
      const [reading] = read(ofClient([...frames]));
      assert.ok(reading.kind === 'incomplete' || reading.kind === 'none');
    }),
    { numRuns: mutationRuns(5000) },
  );
});
