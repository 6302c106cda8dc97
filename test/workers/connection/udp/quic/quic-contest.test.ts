// What goes where in the contest of a QUIC flow. When the race starts a line, and what decides it, is tested in protocol/quic/race.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byRule } from '../../../../../src/protocol/race/failure.js';
import {
  CLIENT_IDS,
  cryptoFrame,
  helloMessage,
  negotiationPacket,
  ofClient,
  ofServer,
  retryPacket,
  sealedPacket,
} from '../../../../helpers/quic/packets.js';
import { ContestWorld } from './contest-world.js';

const { chosen, own, server } = CLIENT_IDS;
const MESSAGE = helloMessage({ serverName: 'quic.test' });
const HELLO = ofClient(cryptoFrame(0, MESSAGE));
const AGAIN = ofClient(cryptoFrame(0, MESSAGE), { number: 1 });
/** An ACK of the server's first packet (RFC 9000 section 19.3). */
const SECOND_FLIGHT = ofClient([2, 0, 0, 0, 0], { number: 2 });
const ANSWER = ofServer(cryptoFrame(0, Uint8Array.of(2, 0, 0, 4, 3, 3, 0, 0)));
const FORGED = ofServer(cryptoFrame(0, Uint8Array.of(2, 0, 0, 4, 3, 3, 0, 0)), { chosen: server });
const CLOSED = ofServer([0x1c, 1, 0, 0]);
const HANDSHAKE = sealedPacket('handshake', own, server);
const RETRY = retryPacket(chosen, own, server, Uint8Array.of(1, 2, 3));
const VERSIONS = negotiationPacket(own, chosen, [0x1a2a3a4a]);

function ended(world: ContestWorld): void {
  world.contest.close();
  assert.equal(world.queues.bytes, 0);
  assert.equal(world.pending, 0);
}

test('the first line answers: it carries the flow, and no other line is asked', () => {
  const world = new ContestWorld();
  world.up('hello', HELLO);
  assert.deepEqual(world.take(), ['0 < hello']);
  world.passes(30);
  world.came(0, ['answer', ANSWER]);
  assert.deepEqual(world.take(), ['settled on 0', '0 > answer']);
  assert.deepEqual(world.counts.answered, [[30, false]]);
  assert.deepEqual([world.counts.raced, world.names, world.results()], [0, ['quic.test'], ['answered']]);
  ended(world);
});

test('a line that swallows: the same flight goes out over the next one, which carries the flow; the first is blamed', () => {
  const world = new ContestWorld();
  world.up('hello', HELLO);
  world.passes(150);
  assert.deepEqual(world.take(), ['0 < hello', '1 < hello']);
  world.passes(20);
  world.came(1, ['answer', ANSWER]);
  assert.deepEqual(world.take(), ['blame 0: timed-out', 'settled on 1', '1 > answer']);
  assert.deepEqual(world.counts.answered, [[170, true]]);
  assert.deepEqual([world.counts.raced, world.results(), world.times], [1, ['silent', 'answered'], [20]]);
  ended(world);
});

test('a line that was asked behind the winner is not to blame for its silence', () => {
  const world = new ContestWorld();
  world.up('hello', HELLO);
  world.passes(150);
  world.passes(400);
  world.take();
  world.came(0, ['answer', ANSWER]);
  assert.deepEqual(world.take(), ['settled on 0', '0 > answer']);
  assert.deepEqual(world.results(), ['answered', 'abandoned']);
  ended(world);
});

test('a flight of several datagrams goes out when it is whole, and as a whole', () => {
  const world = new ContestWorld();
  world.up('first half', ofClient(cryptoFrame(0, MESSAGE.subarray(0, 100))));
  world.passes(500);
  assert.deepEqual(world.take(), []);
  world.up('second half', ofClient(cryptoFrame(100, MESSAGE.subarray(100)), { number: 1 }));
  assert.deepEqual(world.take(), ['0 < first half', '0 < second half']);
  world.passes(150);
  assert.deepEqual(world.take(), ['1 < first half', '1 < second half']);
  ended(world);
});

test('a repetition of the client goes to all lines that have had the flight', () => {
  const world = new ContestWorld({ lines: 3, opening: [1] });
  world.up('hello', HELLO);
  world.passes(10);
  world.take();
  world.up('again', AGAIN);
  // It has waited for long enough, so the next line begins: its way is still opening.
  assert.deepEqual(world.take(), ['0 < again']);
  world.opens(1);
  assert.deepEqual(world.take(), ['1 < hello']);
  world.up('again', AGAIN);
  assert.deepEqual(world.take().slice(0, 2), ['0 < again', '1 < again']);
  ended(world);
});

test('the time of an answer to a repetition is not that since the first flight, which may have been lost', () => {
  const world = new ContestWorld({ lines: 1 });
  world.up('hello', HELLO);
  world.passes(1000);
  world.up('again', AGAIN);
  world.passes(30);
  world.came(0, ['answer', ANSWER]);
  assert.deepEqual(world.counts.answered, [[1030, false]]);
  assert.deepEqual(world.times, [30]);
  ended(world);
});

test('what is forged is dropped and counted, and the next line begins at once', () => {
  const world = new ContestWorld();
  world.up('hello', HELLO);
  world.passes(5);
  world.came(0, ['forged', FORGED]);
  assert.deepEqual(world.take(), ['0 < hello', '1 < hello']);
  world.came(1, ['answer', ANSWER]);
  assert.deepEqual(world.take(), ['blame 0: reset', 'settled on 1', '1 > answer']);
  assert.deepEqual([world.counts.forged, world.results()], [1, ['forged', 'answered']]);
  ended(world);
});

test('a forged answer before the true one of the same line costs nothing', () => {
  const world = new ContestWorld({ lines: 1 });
  world.up('hello', HELLO);
  world.came(0, ['forged', FORGED], ['answer', ANSWER]);
  assert.equal(world.counts.forged, 1);
  assert.equal(world.take().at(1), 'settled on 0');
  ended(world);
});

test('what comes before the first answer, and may be of the server, follows it', () => {
  const world = new ContestWorld();
  world.up('hello', HELLO);
  world.take();
  world.came(0, ['handshake', HANDSHAKE]);
  assert.deepEqual(world.take(), []);
  world.came(0, ['answer', ANSWER]);
  assert.deepEqual(world.take(), ['settled on 0', '0 > answer', '0 > handshake']);
  ended(world);
});

test('of several datagrams at once those behind the answer follow it', () => {
  const world = new ContestWorld();
  world.up('hello', HELLO);
  world.take();
  world.came(0, ['answer', ANSWER], ['handshake', HANDSHAKE]);
  const [settled, ...passed] = world.take();
  assert.equal(settled, 'settled on 0');
  assert.equal(passed.length, 2);
  ended(world);
});

test('a Retry carries the flow: the client proves its address over that line', () => {
  const world = new ContestWorld();
  world.up('hello', HELLO);
  world.take();
  world.came(0, ['retry', RETRY]);
  assert.deepEqual(world.take(), ['settled on 0', '0 > retry']);
  ended(world);
});

test('a list of other versions waits for a better answer, and goes to the client when there is none', () => {
  const world = new ContestWorld();
  world.up('hello', HELLO);
  world.came(0, ['versions', VERSIONS]);
  assert.deepEqual(world.take(), ['0 < hello', '1 < hello']);
  world.passes(1000);
  assert.deepEqual(world.take(), ['settled on 0 without proof', '0 > versions']);
  assert.deepEqual(world.counts.answered, []);
  ended(world);
});

test('a server that closes at once is refused as long as another one may answer', () => {
  const world = new ContestWorld();
  world.up('hello', HELLO);
  world.came(0, ['closed', CLOSED]);
  world.came(1, ['answer', ANSWER]);
  assert.deepEqual(world.take(), ['0 < hello', '1 < hello', 'blame 0: refused', 'settled on 1', '1 > answer']);
  ended(world);
});

test('ICMP starts the next line; that line is to blame when the other one answers', () => {
  const world = new ContestWorld();
  world.up('hello', HELLO);
  world.bounces(0);
  world.came(1, ['answer', ANSWER]);
  assert.deepEqual(world.take(), ['0 < hello', '1 < hello', 'blame 0: refused', 'settled on 1', '1 > answer']);
  ended(world);
});

test('an answer after ICMP still carries the flow: anybody can send ICMP', () => {
  const world = new ContestWorld();
  world.up('hello', HELLO);
  world.bounces(0);
  world.came(0, ['answer', ANSWER]);
  assert.deepEqual(world.take(), ['0 < hello', '1 < hello', 'settled on 0', '0 > answer']);
  ended(world);
});

test('a way that fails, or cannot be opened, starts the next line; its flow has told of it already', () => {
  const world = new ContestWorld({ lines: 3, shut: [0], opening: [1] });
  world.up('hello', HELLO);
  assert.deepEqual(world.take(), []);
  world.fails(1);
  world.came(2, ['answer', ANSWER]);
  assert.deepEqual(world.take(), ['2 < hello', 'settled on 2', '2 > answer']);
  assert.deepEqual(world.results(), ['proxy-unreachable', 'proxy-unreachable', 'answered']);
  ended(world);
});

test('the flow fails when every line has failed, with the most telling failure', () => {
  const world = new ContestWorld({ shut: [0] });
  world.up('hello', HELLO);
  world.bounces(1);
  assert.deepEqual(world.take(), ['1 < hello', 'failed: refused']);
  ended(world);
});

test('it does not fail as long as further candidates may come', () => {
  const world = new ContestWorld({ lines: 1, more: true });
  world.up('hello', HELLO);
  world.bounces(0);
  assert.deepEqual(world.take(), ['0 < hello']);
  world.contest.joined([], false);
  assert.deepEqual(world.take(), ['failed: refused']);
  ended(world);
});

test('at most four lines get the flight', () => {
  const world = new ContestWorld({ lines: 6 });
  world.up('hello', HELLO);
  for (let i = 0; i < 20; i += 1) world.passes(100);
  assert.deepEqual(world.take(), ['0 < hello', '1 < hello', '2 < hello', '3 < hello']);
  ended(world);
});

test('a race without any answer ends, and everything with it', () => {
  const world = new ContestWorld();
  world.up('hello', HELLO);
  for (let i = 0; i < 200; i += 1) world.passes(100);
  assert.deepEqual(world.take().at(-1), 'failed: timed-out');
  ended(world);
});

test('early data goes over one line for good', () => {
  const world = new ContestWorld();
  world.up('early data', ofClient(cryptoFrame(0, helloMessage({ serverName: 'quic.test', earlyData: true }))));
  assert.deepEqual(world.take(), ['unraced over 0, 1 for good: early data']);
  assert.deepEqual(world.names, ['quic.test']);
  ended(world);
});

test('what is like an Initial but is none goes over the first line, and may move', () => {
  const world = new ContestWorld();
  const garbage = HELLO.slice();
  garbage[1100] ^= 1;
  world.up('more', garbage);
  assert.deepEqual(world.take(), ['unraced over 0, 1: more']);
  ended(world);
});

test('a client that goes on without an answer is bound to the only line that was asked', () => {
  const world = new ContestWorld();
  world.up('hello', HELLO);
  world.up('more', SECOND_FLIGHT);
  assert.deepEqual(world.take(), ['0 < hello', 'stays on 0', '0 < more']);
  ended(world);
});

test('where two lines were asked, what only one may get waits for the winner', () => {
  const world = new ContestWorld({ lines: 3 });
  world.up('hello', HELLO);
  world.passes(150);
  world.take();
  world.up('more', SECOND_FLIGHT);
  world.passes(10);
  assert.deepEqual(world.take(), []);
  world.came(0, ['answer', ANSWER]);
  assert.deepEqual(world.take(), ['settled on 0', '0 < more', '0 > answer']);
  ended(world);
});

test('a rule that blocks the server name: nothing goes out', () => {
  const world = new ContestWorld({ allowed: () => byRule('blocked', 0) });
  world.up('hello', HELLO);
  assert.deepEqual(world.take(), ['failed: blocked']);
  assert.deepEqual(world.names, ['quic.test']);
  ended(world);
});

test('a rule that blocks the server name blocks early data, too', () => {
  const world = new ContestWorld({ allowed: () => byRule('blocked', 0) });
  world.up('early data', ofClient(cryptoFrame(0, helloMessage({ serverName: 'quic.test', earlyData: true }))));
  assert.deepEqual(world.take(), ['failed: blocked']);
  ended(world);
});

test('a rule that gives the server name some lines: only these are asked, also of later candidates', () => {
  const world = new ContestWorld({ lines: 4, allowed: () => ({ code: 'allowed', lines: [1, 3] }) });
  world.up('hello', HELLO);
  for (let i = 0; i < 5; i += 1) world.passes(100);
  assert.deepEqual(world.take(), ['1 < hello', '3 < hello']);
  ended(world);
});
