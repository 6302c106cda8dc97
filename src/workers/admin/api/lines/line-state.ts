// Joins what is known of a line in several places: the configuration, the route actor, budgets, and counts in shared memory. Pure.
import type { BudgetState } from '../../../../protocol/budget/budget.js';
import type { Line } from '../../../../protocol/lines/line.js';
import type { Steering } from '../../../../protocol/steering/steering.js';
import type { LineNow } from '../../../../threads/contracts/admin/routes.js';
import type { Carried } from '../../../../threads/shared/line-bytes.js';
import type { CountsOfLine } from '../../../../threads/shared/line-counts.js';
import type { Histogram } from '../../../../threads/shared/time-histogram.js';
import type { UdpLine } from '../../../../threads/shared/udp-lines.js';
import { healthOf } from '../../shared/line-health.js';
import { lineUdp } from '../../shared/line-udp.js';
import type { LineState } from './schemas.js';

export interface LineSources {
  readonly line: Line;
  /** Undefined for a line that the route actor does not know yet. */
  readonly now: LineNow | undefined;
  readonly steering: Pick<Steering, 'paused' | 'pinned'>;
  readonly budgets: readonly BudgetState[];
  readonly counts: CountsOfLine;
  readonly carried: Carried;
  readonly udp: UdpLine;
  /** Of all lines. */
  readonly wins: number;
}

export function lineState({ line, now, steering, budgets, counts, carried, udp, wins }: LineSources): LineState {
  const { number, name, hops, source, tier, cost_ms, weight } = line;
  const { attempts, connected, failures, rescues, unanswered } = counts;
  return {
    line: name,
    // Without names and passwords.
    proxies: hops.map(({ kind, host, port }) => ({ kind, host, port })),
    source: {
      ip: source.auto === true ? 'auto' : (source.ip ?? null),
      interface: source.device ?? null,
      mark: source.mark ?? null,
    },
    ...{ tier: now?.tier ?? tier, cost_ms, weight: weight ?? null },
    health: healthOf(now),
    paused: steering.paused.includes(number),
    pinned: steering.pinned === number,
    circuit: circuitOf(now),
    link: now?.link === undefined ? null : { at: now.link.at, fault: now.link.fault ?? null },
    udp: udpOf(line, udp),
    answers_early: now?.answers_early ?? false,
    doubted: now?.is_doubted ?? false,
    budgets: budgets.filter(({ lines }) => lines.includes(number)).map(budgetOf),
    ...{ attempts, connected, failures, wins: counts.wins },
    win_share: wins === 0 ? null : counts.wins / wins,
    ...{ rescues, unanswered, bytes_up: carried.up, bytes_down: carried.down },
    connect_ms: meanOf(counts.connect),
    connect: bucketsOf(counts.connect),
    first_byte_ms: meanOf(counts.firstByte),
    first_byte: bucketsOf(counts.firstByte),
  };
}

function circuitOf(now: LineNow | undefined): LineState['circuit'] {
  if (now?.circuit === undefined) return null;
  const { failures, for_ms, why } = now.circuit;
  return {
    ...{ failures, for_ms: rounded(for_ms) },
    why: why === undefined ? null : { cause: why.cause, detail: why.detail ?? null, address: why.address },
  };
}

function udpOf(line: Line, known: UdpLine): LineState['udp'] {
  const { state, ago_ms, cause, silent_ms } = lineUdp(line, known);
  return { state, ago_ms: ago_ms ?? null, cause: cause ?? null, silent_ms: silent_ms ?? null };
}

const budgetOf = ({ name, used, bytes, isSpent, begins, ends }: BudgetState): LineState['budgets'][number] => ({
  ...{ budget: name, bytes_used: used, bytes, spent: isSpent, begins, ends },
});

const meanOf = ({ count, sum_ms }: Histogram): number | null => (count === 0 ? null : rounded(sum_ms / count));

const bucketsOf = ({ bounds_ms, buckets }: Histogram): LineState['connect'] =>
  buckets.map((count, at) => ({ le_ms: bounds_ms[at] ?? null, count }));

const rounded = (value: number): number => Math.round(value * 100) / 100;
