// What connections carry and how many come, each second, from what is counted in shared memory.
import { Counter } from '../../../threads/shared/counters.js';
import type { Carried } from '../../../threads/shared/line-bytes.js';
import { UdpCounts, type UdpTotals } from '../../../threads/shared/udp-counts.js';
import type { AdminParts } from '../shared/parts.js';

export type TrafficParts = Pick<AdminParts, 'options' | 'counters' | 'counted' | 'counts'>;

export interface LineTraffic {
  readonly line: string;
  readonly bytes_up_per_s: number;
  readonly bytes_down_per_s: number;
}

export interface Traffic {
  /** From clients, and to them. */
  readonly bytes_up_per_s: number;
  readonly bytes_down_per_s: number;
  /** Since the start of the process. */
  readonly bytes_up: number;
  readonly bytes_down: number;
  /** Connections that are open now. */
  readonly live: number;
  readonly opened_per_s: number;
  readonly ended_per_s: number;
  /** Those that got a reply of failure, or had gone before one. */
  readonly failed_per_s: number;
  /** Flows of datagrams that are open now, and datagrams that were sent to destinations and to clients. */
  readonly flows: number;
  readonly datagrams_up_per_s: number;
  readonly datagrams_down_per_s: number;
  /** Only those that have carried something since the last time. */
  readonly lines: readonly LineTraffic[];
}

interface Sums {
  /** In ms of a clock that goes on evenly. */
  readonly at: number;
  /** Over all lines, also those that there were. */
  readonly all: Carried;
  /** By the numbers of the lines that there are. */
  readonly lines: ReadonlyMap<number, Carried>;
  readonly opened: number;
  readonly ended: number;
  readonly failed: number;
  readonly udp: UdpTotals;
}

export class TrafficMeter {
  readonly #parts: TrafficParts;
  #last: Sums;

  constructor(parts: TrafficParts, now: number) {
    this.#parts = parts;
    this.#last = this.#sums(now);
  }

  /** Since the last call. */
  read(now: number): Traffic {
    const last = this.#last;
    const sums = this.#sums(now);
    this.#last = sums;
    const seconds = Math.max(now - last.at, 1) / 1000;
    const rate = (to: number, from = 0): number => Math.max(Math.round((to - from) / seconds), 0);
    const lines = this.#parts.options().lines.map(({ name, number }) => ({
      line: name,
      bytes_up_per_s: rate(sums.lines.get(number)?.up ?? 0, last.lines.get(number)?.up),
      bytes_down_per_s: rate(sums.lines.get(number)?.down ?? 0, last.lines.get(number)?.down),
    }));
    const { up: bytes_up, down: bytes_down } = sums.all;
    return {
      bytes_up_per_s: rate(bytes_up, last.all.up),
      bytes_down_per_s: rate(bytes_down, last.all.down),
      ...{ bytes_up, bytes_down, live: Math.max(sums.opened - sums.ended, 0) },
      opened_per_s: rate(sums.opened, last.opened),
      ended_per_s: rate(sums.ended, last.ended),
      failed_per_s: rate(sums.failed, last.failed),
      flows: Math.max(UdpCounts.liveFlows(sums.udp), 0),
      datagrams_up_per_s: rate(sums.udp.datagramsUp, last.udp.datagramsUp),
      datagrams_down_per_s: rate(sums.udp.datagramsDown, last.udp.datagramsDown),
      lines: lines.filter((line) => line.bytes_up_per_s + line.bytes_down_per_s > 0),
    };
  }

  #sums(at: number): Sums {
    const { options, counters, counted, counts } = this.#parts;
    const own = counts();
    const sum = (counter: Counter): number => {
      let total = 0;
      for (let actor = 0; actor < counted(); actor += 1) total += counters.read(actor, counter);
      return total;
    };
    return {
      at,
      all: own.carriedInAll,
      lines: new Map(options().lines.map(({ number }) => [number, own.carried(number)])),
      opened: sum(Counter.opened),
      ended: sum(Counter.closed),
      failed: sum(Counter.failed),
      udp: own.udp,
    };
  }
}
