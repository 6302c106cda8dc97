// One flow: what waits and what is dropped, which candidate carries it, when it moves, and how it ends.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failureOf } from '../../../../../src/protocol/race/failure.js';
import type { Contest, ContestedFlow } from '../../../../../src/workers/connection/udp/flows/contest.js';
import { FlowWorld, lineOf, outgoing } from './flow-world.js';

const REFUSED = failureOf('refused', 'ECONNREFUSED');

describe('datagrams that wait', () => {
  test('go in their order as soon as a candidate is known, and later ones at once', () => {
    const world = new FlowWorld();
    const flow = world.newFlow();
    flow.up(outgoing('one'));
    flow.up(outgoing('two'));
    assert.deepEqual(world.sentOver(1), []);
    world.chosen(1, 2);
    flow.up(outgoing('aa', 'bb', 'c'));
    assert.deepEqual(world.sentOver(1), ['one', 'two', 'aa', 'bb', 'c']);
    assert.deepEqual(world.news(), ['carried 1', 'up 1 3', 'up 1 3', 'up 3 5']);
    assert.equal(world.queues.bytes, 0);
  });

  test('a candidate that is known at once gets the first datagram without a wait', () => {
    const world = new FlowWorld();
    world.begin = () => world.chosen(1);
    const flow = world.newFlow();
    flow.up(outgoing('one'));
    assert.deepEqual([world.sentOver(1), world.news()], [['one'], ['carried 1', 'up 1 3']]);
  });

  test('the oldest gives way beyond queue_max, and an empty one is a datagram, too', () => {
    const world = new FlowWorld();
    const flow = world.newFlow();
    for (const text of ['1', '2', '', '4', '5']) flow.up(outgoing(text));
    world.chosen(1);
    assert.deepEqual(world.sentOver(1), ['', '4', '5']);
    assert.deepEqual(world.dropped, [
      ['queued', 1],
      ['queued', 1],
    ]);
  });

  test('all flows of an actor share one bound in bytes, and what others hold is not theirs to drop', () => {
    const world = new FlowWorld();
    world.queues.bytes_max = 500;
    const [flow, other] = [world.newFlow(), world.newFlow()];
    flow.up(outgoing('x'.repeat(100)));
    flow.up(outgoing('y'.repeat(100)));
    assert.equal(world.dropped.length, 0);
    other.up(outgoing('z'));
    assert.deepEqual(world.dropped, [['queued', 1]]);
    flow.up(outgoing('w'.repeat(100)));
    assert.equal(world.dropped.length, 2, 'its own oldest');
    flow.end('idle');
    assert.equal(world.queues.bytes, 0);
    assert.deepEqual(world.dropped.at(-1), ['ended', 2]);
  });

  test('a way that is still opening holds them, too', () => {
    const world = new FlowWorld();
    world.slow.add(1);
    const flow = world.newFlow();
    world.begin = () => world.chosen(1);
    flow.up(outgoing('one'));
    assert.deepEqual(world.sentOver(1), []);
    const [way] = world.ways;
    assert.ok(way);
    way.state = 'open';
    flow.wayOpened(way);
    flow.up(outgoing('two'));
    assert.deepEqual(world.sentOver(1), ['one', 'two']);
  });
});

describe('a flow that nothing carries', () => {
  test('drops what waits and what comes by the cause, asks nothing for a second, and ends', () => {
    const world = new FlowWorld();
    const flow = world.newFlow();
    flow.up(outgoing('one'));
    world.outcome.refused(failureOf('blocked'));
    flow.up(outgoing('a', 'b'));
    const [first, ...others] = world.dropped;
    assert.deepEqual(first, ['blocked', 1]);
    assert.deepEqual(others.flat(), ['blocked', 1, 'blocked', 1]);
    assert.equal(world.endings, 0);
    world.at(2100);
    assert.equal(world.endings, 1);
    assert.deepEqual(world.news(), ['fails blocked', 'choice closed', 'choice closed', 'ends failed']);
    assert.equal(flow.closeByOperator(), false);
  });

  test('is one of which no candidate can be opened: the most telling failure is why', () => {
    const world = new FlowWorld();
    world.closed.set(1, failureOf('out-of-resources'));
    world.closed.set(2, failureOf('network-unreachable'));
    const flow = world.newFlow();
    flow.up(outgoing('one'));
    world.chosen(1, 2);
    assert.deepEqual(world.dropped, [['unreachable', 1]]);
    assert.deepEqual(world.news().slice(0, 3), [
      'failed 1 out-of-resources',
      'failed 2 network-unreachable',
      'fails network-unreachable',
    ]);
  });
});

describe('a flow moves to the next candidate', () => {
  test('when the network says that nothing gets there, as long as nothing has come back', () => {
    const world = new FlowWorld();
    const flow = world.newFlow();
    world.begin = () => world.chosen(1, 2);
    flow.up(outgoing('one'));
    flow.failed(world.routeAt(1), REFUSED);
    flow.up(outgoing('two'));
    assert.deepEqual([world.sentOver(1), world.sentOver(2)], [['one'], ['two']]);
    world.answer(flow, 2, 'hello');
    world.news();
    const [route] = world.listening;
    assert.ok(route);
    flow.failed(route, REFUSED);
    assert.deepEqual(world.news(), ['fails refused', 'choice closed', 'ends failed']);
    assert.equal(world.listening.size, 0);
  });

  test('when its way fails while it is opening: what waits goes over the next one', () => {
    const world = new FlowWorld();
    world.slow.add(1);
    const flow = world.newFlow();
    world.begin = () => world.chosen(1, 2);
    flow.up(outgoing('one'));
    const [way] = world.ways;
    assert.ok(way);
    flow.wayFailed(way, failureOf('line-no-udp'));
    assert.deepEqual(world.sentOver(2), ['one']);
    assert.deepEqual(world.news(), ['carried 1', 'failed 1 line-no-udp', 'carried 2', 'up 1 3']);
  });

  test('after three seconds in which its way does not open; what it held goes over the next one', () => {
    const world = new FlowWorld();
    world.slow.add(1);
    const flow = world.newFlow();
    world.begin = () => world.chosen(1, 2);
    for (const text of ['1', '2']) flow.up(outgoing(text));
    world.at(3900);
    flow.up(outgoing('3'));
    assert.deepEqual(world.sentOver(2), []);
    world.at(4000);
    flow.up(outgoing('4'));
    assert.deepEqual([world.sentOver(1), world.sentOver(2)], [[], ['1', '2', '3', '4']]);
    assert.deepEqual(world.news().slice(0, 3), ['carried 1', 'failed 1 timed-out', 'carried 2']);
  });

  test('an answer over a way that opened late is measured from when it opened', () => {
    const world = new FlowWorld();
    world.slow.add(1);
    const flow = world.newFlow();
    world.begin = () => world.chosen(1, 2);
    flow.up(outgoing('1'));
    const [way] = world.ways;
    assert.ok(way);
    world.at(2500);
    way.state = 'open';
    flow.wayOpened(way);
    world.at(2510);
    world.answer(flow, 1, 'answer');
    assert.ok(world.news().includes('answered 1 10'), world.news().join());
  });

  test('an answer within one ms has taken a part of it, and not nothing', () => {
    const world = new FlowWorld();
    const flow = world.newFlow();
    world.begin = () => world.chosen(1);
    world.at(1000.0625);
    flow.up(outgoing('1'));
    world.at(1000.9375);
    world.answer(flow, 1, 'answer');
    assert.ok(world.news().includes('answered 1 0.875'), world.news().join());
  });

  test('after three datagrams and three seconds of silence, and not before', () => {
    const world = new FlowWorld();
    const flow = world.newFlow();
    world.begin = () => world.chosen(1, 2);
    for (const text of ['1', '2', '3']) flow.up(outgoing(text));
    world.at(3900);
    flow.up(outgoing('4'));
    world.at(4000);
    flow.up(outgoing('5'));
    assert.deepEqual([world.sentOver(1), world.sentOver(2)], [['1', '2', '3', '4'], ['5']]);
    assert.ok(world.news().includes('failed 1 timed-out'));
  });

  test('and an answer that comes late after all brings it back', () => {
    const world = new FlowWorld();
    const flow = world.newFlow();
    world.begin = () => world.chosen(1, 2);
    for (const text of ['1', '2', '3']) flow.up(outgoing(text));
    world.at(5000);
    flow.up(outgoing('4'));
    world.answer(flow, 1, 'late');
    flow.up(outgoing('5'));
    assert.deepEqual([world.sentOver(1), world.sentOver(2)], [['1', '2', '3', '5'], ['4']]);
    assert.deepEqual(
      [...world.listening].map(({ candidate }) => candidate.line.number),
      [1],
    );
    assert.ok(world.news().includes('to client late'));
  });

  test('and where all are silent, back to the first one, where it stays', () => {
    const world = new FlowWorld();
    const flow = world.newFlow();
    world.begin = () => world.chosen(1, 2);
    for (let i = 0; i < 20; i += 1) {
      flow.up(outgoing(String(i)));
      world.at(world.clock.now + 1500);
    }
    assert.deepEqual(world.sentOver(2), ['3', '4', '5']);
    assert.equal(world.sentOver(1).length, 17);
    assert.equal(world.endings, 0);
  });

  test('but never once something has come back, however long it is silent then', () => {
    const world = new FlowWorld();
    const flow = world.newFlow();
    world.begin = () => world.chosen(1, 2);
    flow.up(outgoing('1'));
    world.at(1025);
    world.answer(flow, 1, 'hello');
    for (let i = 0; i < 10; i += 1) {
      world.at(world.clock.now + 5000);
      flow.up(outgoing('more'));
    }
    assert.deepEqual(world.sentOver(2), []);
    assert.ok(world.news().includes('answered 1 25'));
  });

  test('a candidate that comes later, of a slower lookup, is the next one', () => {
    const world = new FlowWorld();
    const flow = world.newFlow();
    flow.up(outgoing('1'));
    world.chosen(1);
    world.chosen(2);
    flow.failed(world.routeAt(1), REFUSED);
    flow.up(outgoing('2'));
    assert.deepEqual([world.sentOver(1), world.sentOver(2)], [['1'], ['2']]);
  });
});

describe('a flow ends', () => {
  for (const [port, idle] of [
    [443, 60_000],
    [53, 10_000],
  ] as const) {
    test(`when nothing has moved for its time: port ${port}`, () => {
      const world = new FlowWorld();
      const flow = world.newFlow(port);
      world.begin = () => world.chosen(1);
      flow.up(outgoing('1'));
      world.at(1000 + idle - 500);
      world.answer(flow, 1, 'an answer is a sign of life');
      world.at(1000 + idle + 500);
      assert.equal(world.endings, 0);
      world.at(1000 + 2 * idle - 600);
      assert.equal(world.endings, 0);
      world.at(1000 + 2 * idle);
      assert.equal(world.endings, 1);
      assert.ok(world.news().includes('ends idle'));
      assert.equal(world.listening.size, 0);
      assert.equal(world.deadlines.size, 0);
    });
  }

  test('before its choice has told anything: what it tells then means nothing', () => {
    const world = new FlowWorld();
    const flow = world.newFlow();
    flow.up(outgoing('1'));
    assert.equal(flow.closeByOperator(), true);
    world.chosen(1);
    world.outcome.refused(REFUSED);
    assert.deepEqual(world.news(), ['choice closed', 'ends closed-by-operator']);
    assert.deepEqual([world.ways, world.dropped, world.endings], [[], [['ended', 1]], 1]);
  });
});

describe('a contest', () => {
  class Held implements Contest {
    readonly kind = 'quic';
    readonly heard: string[] = [];
    flow!: ContestedFlow;
    joined(candidates: Parameters<Contest['joined']>[0]): void {
      this.heard.push(`joined ${candidates.map(({ line }) => line.number)}`);
    }
    up(bytes: Uint8Array, start: number, size: number): void {
      this.heard.push(`up ${Buffer.from(bytes.slice(start, start + size))}`);
    }
    came(): void {
      this.heard.push('came');
    }
    claims(): boolean {
      return false;
    }
    opened(): void {
      this.heard.push('opened');
    }
    failed(): void {
      this.heard.push('failed');
    }
    bounced(): void {
      this.heard.push('bounced');
    }
    close(): void {
      this.heard.push('closed');
    }
  }

  const contested = () => {
    const world = new FlowWorld();
    const held = new Held();
    world.contests = {
      ...world.contests,
      of: (flow, _asker, bytes, start, size) => {
        held.flow = flow;
        held.heard.push(`begins with ${Buffer.from(bytes.slice(start, start + size))}`);
        return held;
      },
    };
    const flow = world.newFlow();
    flow.up(outgoing('1'));
    world.chosen(1, 2);
    return { world, held, flow };
  };

  test('has all datagrams until it is settled, and then the route has them', () => {
    const { world, held, flow } = contested();
    flow.up(outgoing('2'));
    assert.deepEqual(held.heard.splice(0), ['begins with 1', 'joined 1,2', 'up 1', 'up 2']);
    const [one, two] = [1, 2].map((line) => held.flow.open({ line: lineOf(line), ip: undefined }));
    assert.ok(one && two && !('code' in one) && !('code' in two));
    held.flow.sendCopy(one, Buffer.from('1'), 0);
    held.flow.sendCopy(two, Buffer.from('1'), 0);
    world.answer(flow, 2, 'answer');
    assert.deepEqual(held.heard.splice(0), ['came']);
    held.flow.settle(two, 33, [{ bytes: Buffer.from('2'), ecn: 0 }]);
    assert.deepEqual(held.heard.splice(0), ['closed']);
    held.flow.passCopy(world.peerAt(flow, 2), Buffer.from('kept'), 0);
    flow.up(outgoing('3'));
    assert.deepEqual([world.sentOver(1), world.sentOver(2)], [['1'], ['1', '2', '3']]);
    assert.deepEqual([...world.listening], [two]);
    const news = world.news();
    assert.ok(news.includes('answered 2 33'));
    assert.deepEqual(news.slice(news.indexOf('to client kept')).slice(0, 2), ['to client kept', 'down 1 4']);
    world.answer(flow, 2, 'more');
    assert.deepEqual([held.heard, world.news()], [[], ['to client more', 'down 1 4']]);
  });

  test('that is settled may have what follows watched: the candidate is to blame where nothing gets through', () => {
    const { world, held, flow } = contested();
    const route = held.flow.open({ line: lineOf(1), ip: undefined });
    assert.ok(!('code' in route));
    const seen: [number, number][] = [];
    held.flow.settle(route, 10, [], (bytes, start, _end, since_ms) => {
      seen.push([bytes[start], since_ms]);
      return since_ms < 2000 ? 'goes-on' : 'stuck';
    });
    world.news();
    for (const now of [1500, 3000, 3500]) {
      world.clock.now = now;
      flow.up(outgoing('x'));
    }
    assert.deepEqual(seen, [
      [0x78, 500],
      [0x78, 2000],
    ]);
    assert.deepEqual(
      world.news().filter((told) => told.startsWith('failed')),
      ['failed 1 timed-out'],
    );
    assert.deepEqual(world.sentOver(1), ['x', 'x', 'x']);
  });

  test('that is settled without an answer teaches nothing, and binds the flow to its route', () => {
    const { world, held, flow } = contested();
    const route = held.flow.open({ line: lineOf(1), ip: undefined });
    assert.ok(!('code' in route));
    held.flow.settle(route, undefined, []);
    world.answer(flow, 1, 'answer');
    assert.ok(!world.news().some((told) => told.startsWith('answered')));
    flow.failed(route, REFUSED);
    assert.deepEqual([world.ways.length, world.endings], [1, 1]);
  });

  for (const mayMove of [true, false])
    test(`that finds nothing to contest leaves the flow to the first candidate, ${mayMove ? '' : 'for good'}`, () => {
      const { world, held, flow } = contested();
      const candidates = [1, 2].map((line) => ({ line: lineOf(line), ip: undefined }));
      held.flow.unraced(candidates, mayMove, [{ bytes: Buffer.from('1'), ecn: 0 }]);
      assert.equal(held.heard.at(-1), 'closed');
      assert.deepEqual(world.sentOver(1), ['1']);
      flow.failed(world.routeAt(1), REFUSED);
      flow.up(outgoing('2'));
      assert.equal(world.ways.length, mayMove ? 2 : 1);
    });

  test('hears of ways that fail, and may fail itself', () => {
    const { world, held, flow } = contested();
    const route = held.flow.open({ line: lineOf(1), ip: undefined });
    assert.ok(!('code' in route));
    flow.failed(route, REFUSED);
    assert.equal(held.heard.at(-1), 'failed');
    const other = held.flow.open({ line: lineOf(2), ip: undefined });
    assert.ok(!('code' in other));
    flow.bounced(other, REFUSED);
    assert.equal(held.heard.at(-1), 'bounced');
    assert.ok(world.listening.has(other), 'it may still answer');
    held.flow.refused(REFUSED);
    assert.equal(held.heard.at(-1), 'closed');
    flow.up(outgoing('2'));
    assert.deepEqual(world.dropped, [['unreachable', 1]]);
  });
});
