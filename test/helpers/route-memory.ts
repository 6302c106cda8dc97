// Arbitrary memories of destinations, made from events, for properties of what is sent and stored of them.
import fc from 'fast-check';
import { ROUTE_FAILURES, type RouteFailure } from '../../src/protocol/routes/candidate-memory.js';
import { DestinationMemory } from '../../src/protocol/routes/destination-memory.js';
import type { RouteEvent } from '../../src/protocol/routes/route-event.js';
import { lineView } from './candidates.js';

const step = fc.record({
  line: fc.nat(2),
  ip: fc.oneof(
    fc.nat(9).map((last) => Uint8Array.of(192, 0, 2, last)),
    fc.nat(9).map((last) => Uint8Array.of(0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last)),
  ),
  what: fc.constantFrom('connected' as const, 'answered' as const, ...ROUTE_FAILURES),
  ms: fc.nat(1000),
  passed: fc.nat(20_000),
});

export interface Remembered {
  readonly memory: DestinationMemory;
  /** A time after everything that happened. */
  readonly now: number;
}

/** Memories with three lines, the last of which answers early. */
export const remembered: fc.Arbitrary<Remembered> = fc
  .array(step, { minLength: 1, maxLength: 80 })
  .map((steps): Remembered => {
    const memory = new DestinationMemory();
    const lines = lineView({ early: [2] });
    let now = 1000;
    for (const { passed, ...what } of steps) {
      now += passed;
      memory.apply(eventOf(what), now, lines);
      memory.choose(now, 600_000, lines, false);
    }
    return { memory, now: now + 7 };
  });

interface Step {
  readonly line: number;
  readonly ip: Uint8Array;
  readonly what: 'connected' | 'answered' | RouteFailure;
  readonly ms: number;
}

function eventOf({ line, ip, what, ms }: Step): RouteEvent {
  if (what === 'connected') return { line, ip, kind: what, connect_ms: ms };
  if (what === 'answered') return { line, ip, kind: what, first_byte_ms: ms };
  return { line, ip, kind: 'failed', cause: what };
}
