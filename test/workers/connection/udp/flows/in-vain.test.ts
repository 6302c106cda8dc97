// Flows whose client goes on without an answer: what is told of their line, and when they end so that it is chosen anew.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contest, ContestedFlow } from '../../../../../src/workers/connection/udp/flows/contest.js';
import type { Flow } from '../../../../../src/workers/connection/udp/flows/flow.js';
import { FlowWorld, lineOf, outgoing } from './flow-world.js';

function answered(...lines: number[]): { world: FlowWorld; flow: Flow } {
  const world = new FlowWorld();
  world.begin = () => world.chosen(...lines);
  const flow = world.newFlow();
  flow.up(outgoing('x'));
  world.answer(flow, 1, 'answer');
  world.news();
  return { world, flow };
}

/** The client sends a datagram each `every_ms`. */
function goesOn(world: FlowWorld, flow: Flow, count: number, every_ms: number): void {
  for (let i = 0; i < count; i += 1) {
    world.clock.now += every_ms;
    flow.up(outgoing('x'));
  }
}

const endings = (world: FlowWorld): string[] => world.news().filter((news) => !news.startsWith('up '));
const GIVEN_UP = ['failed 1 timed-out alone', 'choice closed', 'ends unanswered'];

test('an answered flow ends after eight datagrams in fifteen seconds with nothing back, and its line is to blame', () => {
  const { world, flow } = answered(1, 2);
  goesOn(world, flow, 15, 1000);
  assert.deepEqual(endings(world), []);
  goesOn(world, flow, 1, 1000);
  assert.deepEqual(endings(world), GIVEN_UP);
  assert.equal(world.sentOver(1).length, 17, 'the last one went out as well');
  assert.deepEqual([world.listening.size, world.deadlines.size], [0, 0]);
});

test('not by fewer datagrams, not in a shorter time, and not where an answer comes', () => {
  const few = answered(1, 2);
  goesOn(few.world, few.flow, 7, 20_000);
  assert.deepEqual(endings(few.world), []);
  goesOn(few.world, few.flow, 1, 20_000);
  assert.deepEqual(endings(few.world), GIVEN_UP);
  const quick = answered(1, 2);
  goesOn(quick.world, quick.flow, 1000, 10);
  quick.world.answer(quick.flow, 1, 'answer');
  goesOn(quick.world, quick.flow, 1400, 10);
  assert.ok(!quick.world.news().includes('ends unanswered'));
});

test('a flow that was silent over all lines has them tried anew after its idle time, and blames none once more', () => {
  const world = new FlowWorld();
  world.begin = () => world.chosen(1, 2);
  const flow = world.newFlow();
  flow.up(outgoing('x'));
  goesOn(world, flow, 10, 1000);
  const moves = ['carried 1', 'failed 1 timed-out', 'carried 2', 'failed 2 timed-out', 'carried 1'];
  assert.deepEqual(endings(world), moves);
  goesOn(world, flow, 55, 1000);
  assert.deepEqual(endings(world), []);
  goesOn(world, flow, 6, 1000);
  assert.deepEqual(endings(world), ['choice closed', 'ends unanswered']);
});

test('where there is one line only and nothing has ever answered, nothing would change', () => {
  const world = new FlowWorld();
  world.begin = () => world.chosen(1);
  const flow = world.newFlow();
  goesOn(world, flow, 200, 1000);
  assert.deepEqual(endings(world), ['carried 1']);
});

/** A flow that must not move. */
function unraced(how: (flow: ContestedFlow) => void = (flow) => flow.unraced(candidates, false, [])) {
  const world = new FlowWorld();
  let contest: ContestedFlow | undefined;
  const held: Contest = {
    ...{ kind: 'quic', joined() {}, up() {}, came() {}, opened() {}, failed() {}, bounced() {}, close() {} },
    claims: () => false,
  };
  world.contests = {
    ...world.contests,
    of: (flow) => {
      contest = flow;
      return held;
    },
  };
  const flow = world.newFlow();
  flow.up(outgoing('1'));
  world.chosen(1, 2);
  assert.ok(contest);
  how(contest);
  world.news();
  return { world, flow };
}
const candidates = [1, 2].map((number) => ({ line: lineOf(number), ip: undefined }));

test('what must not reach two servers stays where it is, and its silence is told once', () => {
  const { world, flow } = unraced();
  goesOn(world, flow, 6, 1000);
  assert.deepEqual(endings(world), ['failed 1 timed-out alone']);
  assert.deepEqual(world.sentOver(2), []);
  flow.end('idle');
  assert.deepEqual(endings(world), ['choice closed', 'ends idle']);
});

test('also where it is one datagram, at its end', () => {
  const { world, flow } = unraced();
  goesOn(world, flow, 1, 0);
  world.clock.now += 3000;
  flow.end('association-ended');
  assert.deepEqual(endings(world), ['failed 1 timed-out alone', 'choice closed', 'ends association-ended']);
  const soon = unraced();
  goesOn(soon.world, soon.flow, 1, 0);
  soon.world.clock.now += 2999;
  soon.flow.end('association-ended');
  assert.deepEqual(endings(soon.world), ['choice closed', 'ends association-ended'], 'it has not waited for long');
});

test('its first answer is told', () => {
  const { world, flow } = unraced();
  goesOn(world, flow, 1, 0);
  world.clock.now += 40;
  world.answer(flow, 1, 'a');
  assert.deepEqual(endings(world), ['answered 1 40', 'to client a', 'down 1 1']);
});

test('the same holds where a race ended without an answer, from when its flight went out', () => {
  const { world, flow } = unraced((contest) => {
    const route = contest.open(candidates[0] as (typeof candidates)[0]);
    assert.ok(!('code' in route));
    contest.sendCopy(route, Buffer.from('flight'), 0);
    contest.stay(route, [{ bytes: Buffer.from('more'), ecn: 0 }]);
  });
  assert.deepEqual(world.sentOver(1), ['flight', 'more']);
  world.clock.now += 40;
  world.answer(flow, 1, 'a');
  assert.deepEqual(endings(world), ['answered 1 40', 'to client a', 'down 1 1']);
});

test('a datagram that begins what a rule blocks is dropped wherever it stands, and the flow goes on', () => {
  const world = new FlowWorld();
  let looks = 0;
  world.contests = {
    of: () => undefined,
    inspection: () => ({
      isBlocked: (bytes, start) => {
        looks += 1;
        return bytes[start + 2] === 0x62;
      },
    }),
  };
  const long = (mark: string): string => `Ã${mark}`.padEnd(1200, 'x');
  const flow = world.newFlow();
  flow.up(outgoing('junk'));
  flow.up(outgoing(long('b')));
  world.chosen(1);
  flow.up(outgoing('x'.repeat(1300)));
  flow.up(outgoing(long('b').slice(0, 900)));
  assert.equal(looks, 1, 'only what is long enough, with a long header');
  flow.up(outgoing('y'));
  assert.deepEqual([world.sentOver(1).length, world.dropped], [4, [['blocked', 1]]]);
});
