// Joins what was counted under several numbers of one name: a reload that changes a line or moves a listener gives it another number,
// and what it had counted stays in the sum. Pure.
import type { Listener } from '../../../../protocol/inbound/listener.js';
import type { Line } from '../../../../protocol/lines/line.js';
import type { Former, Numbered } from '../../../../threads/contracts/admin/control.js';
import type { ActorCounts } from '../../../../threads/shared/actor-memory.js';
import { ARRIVALS, type GatewayCounts } from '../../../../threads/shared/gateway-counts.js';
import type { UdpLines } from '../../../../threads/shared/udp-lines.js';
import { lineUdp } from '../../shared/line-udp.js';
import type { TimesReading } from '../exposition/family.js';
import type { LineCountsReading, LineReading, ListenerReading } from './readings.js';

/** Those in force first, in their order. */
export function lineReadings(
  inForce: readonly Line[],
  { lines: former }: Former,
  read: ActorCounts,
  udpLines: Pick<UdpLines, 'of'>,
): LineReading[] {
  const lines = new Map(inForce.map((line) => [line.number, line]));
  return [...byName([...inForce, ...former])].map(([name, numbers]) => {
    const line = lines.get(numbers[0] as number);
    return {
      name,
      info: line && { kind: line.hops[0]?.kind ?? 'direct', tier: line.tier },
      udp: line && lineUdp(line, udpLines.of(line.number)).state,
      carried: numbers.map((number) => read.carried(number)).reduce(sumOf),
      counts: numbers.map((number) => read.line(number) as LineCountsReading).reduce(countsOf),
    };
  });
}

export function listenerReadings(
  inForce: readonly Pick<Listener, 'number' | 'name'>[],
  { listeners: former }: Former,
  { read, ofGateway }: { readonly read: ActorCounts; readonly ofGateway: GatewayCounts },
): ListenerReading[] {
  return [...byName([...inForce, ...former])].map(([name, numbers]) => {
    const all = numbers.map((number) => ({ arrivals: ofGateway.arrivals(number), ...read.listener(number) }));
    const arrivals = ARRIVALS.map((what) => [what, all.reduce((sum, one) => sum + one.arrivals[what], 0)]);
    return {
      ...{ name, arrivals: Object.fromEntries(arrivals) },
      opened: all.reduce((sum, { opened }) => sum + opened, 0),
      ended: all.map(({ ended }) => ended as Readonly<Record<string, number>>).reduce(sumOf),
    };
  });
}

function byName(all: readonly Numbered[]): ReadonlyMap<string, readonly number[]> {
  const numbers = new Map<string, number[]>();
  for (const { name, number } of all) {
    const known = numbers.get(name);
    if (known === undefined) numbers.set(name, [number]);
    else known.push(number);
  }
  return numbers;
}

/** Key by key; both have the same. */
function sumOf<Key extends string>(
  one: Readonly<Record<Key, number>>,
  other: Readonly<Record<Key, number>>,
): Readonly<Record<Key, number>> {
  const sums = Object.entries<number>(one).map(([key, value]) => [key, value + other[key as Key]]);
  return Object.fromEntries(sums) as Record<Key, number>;
}

function countsOf(one: LineCountsReading, other: LineCountsReading): LineCountsReading {
  const { connect, firstByte, ...counts } = one;
  const { connect: otherConnect, firstByte: otherFirstByte, ...otherCounts } = other;
  return {
    ...sumOf(counts, otherCounts),
    connect: timesOf(connect, otherConnect),
    firstByte: timesOf(firstByte, otherFirstByte),
  };
}

const timesOf = (one: TimesReading, other: TimesReading): TimesReading => ({
  buckets: one.buckets.map((count, at) => count + (other.buckets[at] ?? 0)),
  sum_ms: one.sum_ms + other.sum_ms,
});
