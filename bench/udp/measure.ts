// Measures one cell of one subject: the top rate, then half of it.
import { type CpuTime, cpuBetween, settledCpuTime } from '../process/cost.js';
import type { FarEnd, Generator } from './load/ends.js';
import type { Load, Outcome } from './load/messages.js';
import type { Cell } from './plan.js';

export interface Durations {
  readonly warmUp_ms: number;
  readonly load_ms: number;
}

/** One load with what it cost. */
export interface Measurement {
  /** Datagrams a second that were sent and came back. */
  readonly rate: number;
  /** Of those that were sent, the share that did not come back, but for what generator and far end lost themselves. */
  readonly loss: number;
  /** CPU time of the subject, in µs, of a datagram that it passed on in one direction. */
  readonly user: number;
  readonly system: number;
  readonly outcome: Outcome;
}

export interface Measured {
  readonly top: Measurement;
  readonly half: Measurement;
}

export interface Ends {
  readonly generator: Generator;
  readonly farEnd: FarEnd;
  /** Of the far end. */
  readonly port: number;
}

/** Of a cell, at a rate that every machine has. */
export const QUICK_RATE = 2000;

export function measurementOf(outcome: Outcome, { user, system }: CpuTime, lostAtFarEnd: number): Measurement {
  const { sent, answered, dropped, elapsed_ms } = outcome;
  // An answered datagram has passed twice, and most of the others have passed once.
  const passed = 2 * answered;
  return {
    rate: (answered / elapsed_ms) * 1000,
    loss: sent === 0 ? 1 : Math.max(0, sent - answered - dropped - lostAtFarEnd) / sent,
    user: user / passed,
    system: system / passed,
    outcome,
  };
}

async function run(pid: number, { generator, farEnd }: Ends, load: Load): Promise<Measurement> {
  const lostBefore = await farEnd.losses();
  const before = await settledCpuTime(pid);
  const outcome = await generator.carryOut(load);
  const cpu = cpuBetween(before, await settledCpuTime(pid));
  return measurementOf(outcome, cpu, (await farEnd.losses()) - lostBefore);
}

/** Undefined with a sentence where the subject could not open what the cell needs. `entry`: its port. */
export async function measureCell(
  { pid, entry }: { readonly pid: number; readonly entry: number },
  { size, shape, joined }: Cell,
  ends: Ends,
  { warmUp_ms, load_ms }: Durations,
  { window, quick }: { readonly window: number; readonly quick: boolean },
): Promise<Measured | string> {
  const refused = await ends.generator.open(entry, ends.port, shape);
  if (refused !== undefined) return refused;
  try {
    const top: Load = { size, window, joined, rate: undefined, duration_ms: load_ms };
    await ends.generator.carryOut({ ...top, duration_ms: warmUp_ms });
    const highest = await run(pid, ends, top);
    const rate = quick ? QUICK_RATE : highest.rate / 2;
    return { top: highest, half: await run(pid, ends, { ...top, rate }) };
  } finally {
    await ends.generator.close();
  }
}
