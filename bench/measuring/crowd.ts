// The idle load as the bench sees it: a crowd of connections that grows in steps to its full size, and the memory of the
// subject before the first and at each size.
import { memoryUse, settledCpuTime } from '../process/cost.js';
import { kernelGrowth, settledKernelMemory } from '../process/kernel.js';
import type { CrowdMemory, CrowdStep } from '../results/measurements.js';
import type { Outcome, Way } from '../shared/messages.js';
import type { LoadGenerator } from './ends.js';

/** An eighth of the crowd, a quarter, a half, all of it. */
export function crowdSizes(connections: number): number[] {
  return [...new Set([8, 4, 2, 1].map((part) => Math.ceil(connections / part)))];
}

/** The outcomes of the steps as one of the whole crowd. Latencies cannot be added up: they are the last step's. */
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

/** Leaves the crowd held. */
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
    // Memory is looked at when the subject has nothing more to do.
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
