// A flow under events in any order: each datagram is sent or dropped once and in its order, nothing is sent after the end, and
// nothing is left.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { failureOf } from '../../../../../src/protocol/race/failure.js';
import { FlowWorld, outgoing } from './flow-world.js';

const REFUSED = failureOf('refused');
const event = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('up' as const), n: fc.integer({ min: 1, max: 3 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('chosen', 'chosen', 'refused', 'answer', 'bounced', 'opened', 'way-failed', 'closed'),
      n: fc.nat(3),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('time' as const), n: fc.integer({ min: 1, max: 20_000 }) }) },
);

/** Lines 1 to 8: of four one each is open at once, opens later, cannot be opened, and opens later. */
class EventWorld extends FlowWorld {
  readonly flow = this.newFlow();
  #line = 0;
  #isRefused = false;
  #next = 0;
  sent = 0;

  constructor() {
    super();
    for (const line of [2, 4, 6, 8]) this.slow.add(line);
    for (const line of [3, 7]) this.closed.set(line, failureOf('out-of-resources'));
  }

  get isOver(): boolean {
    return this.endings > 0;
  }

  get #mayChoose(): boolean {
    return !this.#isRefused && !this.told.includes('choice closed');
  }

  happens({ kind, n }: { readonly kind: string; readonly n: number }): void {
    const routes = [...this.listening];
    const route = routes[n % Math.max(routes.length, 1)];
    if (kind === 'up') {
      const first = this.#next;
      const texts = Array.from({ length: n }, (_, i) => String(first + i).padStart(6, '0'));
      this.#next += n;
      this.sent += n;
      this.flow.up(outgoing(...texts));
    } else if (kind === 'time') this.at(this.clock.now + n);
    else if (kind === 'chosen' && this.#mayChoose && this.#next > 0 && this.#line < 8) {
      this.#line += 1;
      this.chosen(this.#line);
    } else if (kind === 'refused' && this.#mayChoose && this.#next > 0 && this.#line === 0) {
      this.#isRefused = true;
      this.outcome.refused(REFUSED);
    } else if (kind === 'closed' && n === 0) this.flow.closeByOperator();
    else if (route === undefined) return;
    else if (kind === 'answer' && route.way.state === 'open') this.answer(this.flow, route.candidate.line.number, 'x');
    else if (kind === 'bounced') this.flow.bounced(route, REFUSED);
    else this.#wayChanges(kind, route);
  }

  #wayChanges(kind: string, { way }: { readonly way: unknown }): void {
    const own = this.ways.find((one) => one === way);
    assert.ok(own);
    if (kind === 'opened' && own.state === 'opening') {
      own.state = 'open';
      this.flow.wayOpened(own);
    } else if (kind === 'way-failed' && own.state !== 'failed') {
      own.state = 'failed';
      this.flow.wayFailed(own, failureOf('proxy-unreachable'));
    }
  }
}

test('a flow accounts for each datagram, and leaves nothing, whatever happens', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60, size: 'max' }), (events) => {
      const world = new EventWorld();
      for (const one of events) if (!world.isOver) world.happens(one);
      if (!world.isOver) world.flow.end('association-ended');
      const went = world.ways.flatMap(({ sent }) => sent);
      const dropped = world.dropped.reduce((sum, [, count]) => sum + count, 0);
      assert.equal(new Set(went).size, went.length, 'none twice');
      assert.equal(went.length + dropped, world.sent);
      for (const { sent } of world.ways) assert.deepEqual(sent, [...sent].sort(), 'in order');
      assert.deepEqual([world.endings, world.listening.size], [1, 0]);
      assert.ok(world.told.includes('choice closed'));
      assert.deepEqual([world.queues.bytes, world.deadlines.size], [0, 0]);
    }),
    { numRuns: 1000 },
  );
});
