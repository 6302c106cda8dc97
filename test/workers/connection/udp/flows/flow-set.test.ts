// The flows of an association together: how many there may be, whose answers are whose, and which are passed on.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Batch } from '../../../../../src/linux/udp/datagrams.js';
import { type Target, targetOfIp, targetOfName } from '../../../../../src/protocol/address/target.js';
import { failureOf } from '../../../../../src/protocol/race/failure.js';
import { headerOfIp, headerOfName } from '../../../../../src/protocol/udp/header.js';
import type { UdpFilter } from '../../../../../src/protocol/udp-options.js';
import type { FlowCandidate } from '../../../../../src/workers/connection/udp/choice/choice.js';
import type { Contests } from '../../../../../src/workers/connection/udp/flows/contest.js';
import type { Flow } from '../../../../../src/workers/connection/udp/flows/flow.js';
import { FlowSet } from '../../../../../src/workers/connection/udp/flows/flow-set.js';
import type { Way } from '../../../../../src/workers/connection/udp/ways/way.js';
import { batchOf, FakeWay, FlowWorld, IP, lineOf, outgoing } from './flow-world.js';

const OTHER = Uint8Array.of(192, 0, 2, 8);

/** Flows that go over one way. `room`: flows that the gateway has room for. */
class SetWorld extends FlowWorld {
  readonly flows: FlowSet;
  readonly way: FakeWay;
  readonly client = { fd: 31 };
  readonly excesses: string[] = [];
  room: number;
  isOverShare = false;

  constructor(filter: UdpFilter = 'endpoint', { room = 100, association = 100, isDirect = true } = {}) {
    super();
    this.room = room;
    this.way = new FakeWay(lineOf(1, isDirect));
    const udpLimits = {
      openFlow: (fd: number, hasMadeRoom = false) => {
        assert.equal(fd, this.client.fd);
        if (this.isOverShare && !hasMadeRoom) return 'share' as const;
        if (this.room === 0) return 'gateway' as const;
        this.room -= 1;
        return undefined;
      },
      flowEnded: (fd: number) => {
        assert.equal(fd, this.client.fd);
        this.room += 1;
      },
    };
    const udp = { ...this.options.udp, association_flows_max: association, filter };
    const contests: Contests = {
      of: (...asked) => this.contests.of(...asked),
      inspection: (...asked) => this.contests.inspection(...asked),
    };
    this.flows = new FlowSet({ ...this.parts, contests, options: { udp }, udpLimits, seed: 5 }, this);
    // Names that are resolved here are all the same address.
    const ip = () => this.asked?.ip ?? (isDirect ? IP : undefined);
    this.begin = () => this.outcome.chosen([{ line: this.way.line, ip: ip() }], false);
  }

  asked: Target | undefined;

  exceeds(excess: string): void {
    this.excesses.push(excess);
  }

  add(target: Target, header: Uint8Array): Flow | undefined {
    this.asked = target;
    const flow = this.flows.add(target, header);
    flow?.up(outgoing('x'));
    return flow;
  }

  addIp(ip: Uint8Array, port: number): Flow | undefined {
    return this.add(targetOfIp(ip, port), headerOfIp(ip, port));
  }

  addName(name: string, port: number): Flow | undefined {
    const target = targetOfName(name, port);
    assert.ok(target);
    return this.add(target, headerOfName(name, port));
  }

  override open(...[flow, candidate]: Parameters<FlowWorld['open']>): ReturnType<FlowWorld['open']> {
    const route = { candidate, way: this.way, address: this.way.addressOf() };
    this.listening.add(route);
    this.flows.listen(flow, route);
    return route;
  }

  override close(route: Parameters<FlowWorld['close']>[0]): void {
    super.close(route);
    this.flows.unlisten(route);
  }

  override ended(flow: Flow): void {
    super.ended(flow);
    this.flows.ended(flow);
  }

  override moved(flow: Flow): void {
    this.flows.moved(flow);
    this.took = flow;
  }

  /** The flow that has got what came from there. */
  came(batch: Batch, way: Way = this.way): Flow | undefined {
    this.took = undefined;
    this.header = undefined;
    this.flows.came(way, batch);
    return this.took;
  }

  took: Flow | undefined;
  header: Uint8Array | undefined;

  override pass(header: Uint8Array, batch: Batch): void {
    super.pass(header, batch);
    this.header = header;
  }
}

describe('the number of flows', () => {
  test('of an association is bounded: the longest silent one gives way', () => {
    const world = new SetWorld('endpoint', { association: 3 });
    const [first, second, third] = [1, 2, 3].map((port) => world.addIp(IP, port));
    first?.up(outgoing('moves'));
    const fourth = world.addIp(IP, 4);
    const find = (port: number): Flow | undefined => world.flows.find(headerOfIp(IP, port), 0, 10);
    assert.deepEqual([1, 2, 3, 4].map(find), [first, undefined, third, fourth]);
    assert.equal(second?.closeByOperator(), false, 'it has ended');
    assert.ok(world.news().includes('ends gave-way'));
    assert.equal(world.room, 97);
  });

  test('of the gateway is bounded: an own one gives way, and without one there is no room', () => {
    const world = new SetWorld('endpoint', { room: 1 });
    const first = world.addIp(IP, 1);
    assert.ok(first);
    assert.ok(world.addIp(IP, 2));
    assert.deepEqual([first.closeByOperator(), world.room, world.excesses], [false, 0, ['gateway']]);
    const other = new SetWorld('endpoint', { room: 0 });
    assert.equal(other.addIp(IP, 1), undefined);
    assert.deepEqual(other.excesses, ['gateway']);
  });

  test('of a client network beyond its share becomes less: two of its own give way to each new one', () => {
    const world = new SetWorld();
    for (let port = 1; port <= 10; port += 1) world.addIp(IP, port);
    world.isOverShare = true;
    assert.ok(world.addIp(IP, 11));
    assert.ok(world.addIp(IP, 12));
    assert.deepEqual([world.room, world.excesses], [92, ['share', 'share']]);
  });

  test('nothing is left at their end', () => {
    const world = new SetWorld('address');
    for (let port = 1; port < 20; port += 1) world.addIp(IP, port);
    world.flows.end('association-ended');
    assert.deepEqual([world.room, world.listening.size, world.deadlines.size, world.endings], [100, 0, 0, 19]);
    assert.equal(world.came(batchOf(IP, 3, 'x')), undefined);
  });
});

describe('whose answers are whose', () => {
  test("by address and port of what was sent to; everything else is nobody's", () => {
    const world = new SetWorld();
    const [one, two] = [world.addIp(IP, 53), world.addIp(OTHER, 53)];
    assert.equal(world.came(batchOf(IP, 53, 'x')), one);
    assert.equal(world.came(batchOf(OTHER, 53, 'x')), two);
    for (const batch of [batchOf(IP, 54, 'x'), batchOf(Uint8Array.of(9, 9, 9, 9), 53, 'x')]) {
      assert.equal(world.came(batch), undefined);
      assert.equal(world.flows.headerFor(batch), undefined);
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
    assert.deepEqual(world.flows.headerFor(batch), headerOfIp(OTHER, 999));
  });

  test('an error of the network is that of the flow to that address and port', () => {
    const world = new SetWorld();
    const [one, two] = [world.addIp(IP, 53), world.addIp(IP, 54)];
    world.flows.bounced(world.way, IP, 55, failureOf('refused'));
    world.flows.bounced(world.way, IP, 54, failureOf('refused'));
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
    assert.equal(world.news().filter((news) => news.startsWith('answered')).length, 1, 'one time is known');
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
    world.flows.bounced(world.way, IP, 53, failureOf('refused'));
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
    assert.deepEqual(world.news(), ['to client other', 'down 1 5']);
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
