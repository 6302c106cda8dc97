// Whose answers are whose among the flows of an association, and which are passed on.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failureOf } from '../../../../../src/protocol/race/failure.js';
import { headerOfIp } from '../../../../../src/protocol/udp/header.js';
import type { FlowCandidate } from '../../../../../src/workers/connection/udp/choice/choice.js';
import { batchOf, FakeWay, IP, lineOf, outgoing } from './flow-world.js';
import { SetWorld } from './set-world.js';

const OTHER = Uint8Array.of(192, 0, 2, 8);

describe('whose answers are whose', () => {
  test("by address and port of what was sent to; everything else is nobody's", () => {
    const world = new SetWorld();
    const [one, two] = [world.addIp(IP, 53), world.addIp(OTHER, 53)];
    assert.equal(world.came(batchOf(IP, 53, 'x')), one);
    assert.equal(world.came(batchOf(OTHER, 53, 'x')), two);
    for (const batch of [batchOf(IP, 54, 'x'), batchOf(Uint8Array.of(9, 9, 9, 9), 53, 'x')]) {
      assert.equal(world.came(batch), undefined);
      assert.equal(world.answers.headerFor(batch), undefined);
    }
    assert.equal(world.came(batchOf(IP, 53, 'x'), new FakeWay(lineOf(2))), undefined);
  });

  test('with the filter `address` other ports of a peer are its own, and are told as they are', () => {
    const world = new SetWorld('address');
    const one = world.addIp(IP, 53);
    assert.equal(world.came(batchOf(IP, 999, 'x')), one);
    assert.deepEqual(world.header, headerOfIp(IP, 999));
    assert.equal(world.came(batchOf(OTHER, 53, 'x')), undefined);
  });

  test('with the filter `none` strangers have a header of their own', () => {
    const world = new SetWorld('none');
    world.addIp(IP, 53);
    const batch = batchOf(OTHER, 999, 'x');
    assert.equal(world.came(batch), undefined);
    assert.deepEqual(world.answers.headerFor(batch), headerOfIp(OTHER, 999));
  });

  test('an error of the network is that of the flow to that address and port', () => {
    const world = new SetWorld();
    const [one, two] = [world.addIp(IP, 53), world.addIp(IP, 54)];
    world.answers.bounced(world.way, IP, 55, failureOf('refused'));
    world.answers.bounced(world.way, IP, 54, failureOf('refused'));
    world.at(world.clock.now + 1100);
    assert.deepEqual([one?.end('idle'), two?.end('idle')], [true, false]);
  });
});

describe('flows to one address and port', () => {
  test('share their answers: they go to the flow that has sent last, and all count as answered', () => {
    const world = new SetWorld();
    const [one, two] = [world.addName('a.test', 53), world.addName('b.test', 53)];
    assert.ok(one && two);
    assert.equal(world.came(batchOf(IP, 53, 'x')), two);
    assert.deepEqual([one.isAnswered, two.isAnswered], [true, true]);
    world.clock.now += 10;
    one.up(outgoing('x'));
    assert.equal(world.came(batchOf(IP, 53, 'x')), one);
    assert.deepEqual(world.header, headerOfIp(IP, 53));
    const answered = world.news().filter((news) => news.startsWith('answered'));
    assert.deepEqual(
      answered.map((news) => news.endsWith('untimed')),
      [true, false],
      'one time is known',
    );
    one.end('idle');
    assert.equal(world.came(batchOf(IP, 53, 'x')), two);
    two.end('idle');
    assert.equal(world.came(batchOf(IP, 53, 'x')), undefined);
  });

  test('which are answered are not silent', () => {
    const world = new SetWorld();
    const [one, two] = [world.addName('a.test', 53), world.addName('b.test', 53)];
    assert.ok(one && two);
    for (let i = 0; i < 20; i += 1) {
      world.clock.now += 2000;
      one.up(outgoing('x'));
      two.up(outgoing('x'));
      world.came(batchOf(IP, 53, 'x'));
    }
    assert.ok(!world.news().some((news) => news.startsWith('failed') || news.startsWith('ends')));
  });

  test('have errors of the network together', () => {
    const world = new SetWorld();
    const flows = [world.addName('a.test', 53), world.addName('b.test', 53)];
    world.answers.bounced(world.way, IP, 53, failureOf('refused'));
    assert.equal(world.news().filter((news) => news === 'fails refused').length, 2);
    for (const flow of flows) flow?.end('idle');
  });

  test('of which one is in a contest: it has what it claims, datagram by datagram, and the others have the rest', () => {
    const world = new SetWorld();
    const settled = world.addIp(IP, 443);
    const heard: string[] = [];
    const text = (bytes: Uint8Array, start: number, end: number) => Buffer.from(bytes.slice(start, end)).toString();
    world.contests = {
      ...world.contests,
      of: (flow) => ({
        ...{ kind: 'quic', up() {}, opened() {}, failed() {}, bounced() {}, close() {} },
        joined: (candidates) => void flow.open(candidates[0] as FlowCandidate),
        claims: (_, bytes, start, end) => text(bytes, start, end).startsWith('own'),
        came: (_, { memory, offset, last }) => void heard.push(text(memory.bytes, offset, offset + last)),
      }),
    };
    const contested = world.addName('b.test', 443);
    assert.ok(settled && contested);
    world.news();
    world.came(batchOf(IP, 443, 'own 1', 'other', 'own 2'));
    assert.deepEqual(heard, ['own 1', 'own 2']);
    assert.deepEqual(world.news(), ['answered 1 untimed', 'to client other', 'down 1 5']);
    assert.equal(settled.isAnswered, true);
    assert.equal(contested.isAnswered, false);
    contested.end('idle');
  });
});

describe('a name that a proxy resolves', () => {
  test('may be where another flow sends, too, if nobody has sent there since', () => {
    const world = new SetWorld('endpoint', { isDirect: false });
    const one = world.addName('a.test', 443);
    assert.equal(world.came(batchOf(IP, 443, 'x')), one);
    world.clock.now += 10;
    const two = world.addName('b.test', 443);
    assert.equal(world.came(batchOf(IP, 443, 'x')), two);
    assert.equal(two?.isAnswered, true);
    one?.end('idle');
    assert.equal(world.came(batchOf(IP, 443, 'x')), two);
  });

  test('has the addresses that answer from its port, those that have not answered yet first', () => {
    const world = new SetWorld('endpoint', { isDirect: false });
    const [one, two] = [world.addName('a.test', 443), world.addName('b.test', 443)];
    const from = (last: number, port = 443) => world.came(batchOf(Uint8Array.of(10, 0, 0, last), port, 'x'));
    assert.equal(from(1), one);
    assert.equal(from(2), two);
    assert.equal(from(2), two, 'from now on it is known');
    assert.equal(from(1), one);
    assert.equal(from(1, 80), undefined);
  });

  test('and eight of them at most', () => {
    const world = new SetWorld('endpoint', { isDirect: false });
    const one = world.addName('a.test', 443);
    const flows = Array.from({ length: 10 }, (_, i) => world.came(batchOf(Uint8Array.of(10, 0, 0, i), 443, 'x')));
    assert.deepEqual(
      flows.map((flow) => flow === one),
      [...new Array<boolean>(8).fill(true), false, false],
    );
  });
});
