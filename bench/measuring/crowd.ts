// The idle load from the bench's side: a crowd of connections that grows in steps to its full size, and the subject's
// memory before the first step and after each.
import { memoryUse, settledCpuTime } from '../process/cost.js';
import { kernelGrowth, settledKernelMemory } from '../process/kernel.js';
import type { CrowdMemory, CrowdStep } from '../results/measurements.js';
import type { Outcome, Way } from '../shared/messages.js';
import type { LoadGenerator } from './ends.js';

/** Sizes of the steps: an eighth of the crowd, a quarter, a half, all of it. */
export function crowdSizes(connections: number): number[] {
  return [...new Set([8, 4, 2, 1].map((part) => Math.ceil(connections / part)))];
}

/** Adds up the outcomes of the steps. Latencies cannot be added up: they are the last step's. */
export function together(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce((one, next) => {
    const failures = { ...one.failures };
    for (const [cause, count] of Object.entries(next.failures)) failures[cause] = (failures[cause] ?? 0) + count;
    return {
      ...next,
      verified: one.verified + next.verified,
      bytes: one.bytes + next.bytes,
      elapsed_ms: one.elapsed_ms + next.elapsed_ms,
      failures,
      cpu_us: { user: one.cpu_us.user + next.cpu_us.user, system: one.cpu_us.system + next.cpu_us.system },
    };
  });
}

/** Opens the crowd step by step and leaves it open. */
export async function holdCrowd(
  pid: number,
  generator: LoadGenerator,
  way: Way,
  connections: number,
): Promise<{ outcome: Outcome; memory: CrowdMemory }> {
  const before = memoryUse(pid);
  const kernelBefore = await settledKernelMemory();
  const outcomes: Outcome[] = [];
  const steps: CrowdStep[] = [];
  for (const size of crowdSizes(connections)) {
    outcomes.push(await generator.carryOut({ kind: 'hold', way, connections: size }));
    // Memory is read when the subject has nothing more to do.
    await settledCpuTime(pid);
    steps.push({ connections: size, ...memoryUse(pid) });
  }
  const kernel = kernelGrowth(kernelBefore, await settledKernelMemory());
  const { pss, rss } = steps[steps.length - 1];
  return {
    outcome: together(outcomes),
    memory: { pssBefore: before.pss, pss, rssBefore: before.rss, rss, steps, kernel },
  };
}
