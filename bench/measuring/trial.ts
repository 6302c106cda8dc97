// One subject in one round: started, put through its loads, stopped. The idle load, which measures memory, gets a start of its
// own: garbage of earlier loads would hide what a connection takes. Failures are part of the result.
import type { Daemon } from '../peers/daemon.js';
import type { Entrant, Load } from '../plan/plan.js';
import { cpuBetween, settledCpuTime } from '../process/cost.js';
import { counting } from '../process/counts.js';
import type { TrialResult } from '../results/measurements.js';
import type { Way } from '../shared/messages.js';
import { holdCrowd } from './crowd.js';
import { type Ends, failuresOf, wayTo, withDaemon } from './participation.js';

async function measure(daemon: Daemon, { peer }: Entrant, ends: Ends, way: Way, load: Load, idle: number) {
  const { generator, alone } = ends;
  const kernelAlone = load.name === 'idle' ? await alone.kernelMemory(idle) : undefined;
  const warmUp = await generator.carryOut(load.order(way, load.warmUp_ms, undefined));
  const before = await settledCpuTime(daemon.pid);
  const counted = counting(daemon.pid, peer);
  if (kernelAlone === undefined) {
    const outcome = await generator.carryOut(load.order(way, load.duration_ms, warmUp));
    const cpu = cpuBetween(before, await settledCpuTime(daemon.pid));
    return { outcome, others: [warmUp], cpu, counts: counted() };
  }
  const { outcome, memory } = await holdCrowd(daemon.pid, generator, way, idle);
  const cpu = cpuBetween(before, await settledCpuTime(daemon.pid));
  const counts = counted();
  const released = await generator.carryOut({ kind: 'release' });
  return { outcome, others: [warmUp, released], cpu, counts, idle: { ...memory, kernelAlone } };
}

/** Calls `told` after each load. */
export async function runTrial(
  entrant: Entrant,
  loads: readonly Load[],
  idle: number,
  ends: Ends,
  told: (load: Load) => void,
): Promise<TrialResult> {
  const result: TrialResult = { measurements: [], failures: [] };
  const isIdle = ({ name }: Load): boolean => name === 'idle';
  for (const some of [loads.filter((load) => !isIdle(load)), loads.filter(isIdle)]) {
    if (some.length > 0) await runLoads(entrant, some, idle, ends, result, told);
  }
  return result;
}

/** Runs all loads on one daemon. */
async function runLoads(
  entrant: Entrant,
  loads: readonly Load[],
  idle: number,
  ends: Ends,
  result: TrialResult,
  told: (load: Load) => void,
): Promise<void> {
  const { peer, workers } = entrant;
  await withDaemon(entrant, ends, 'start', result.failures, async (daemon) => {
    for (const load of loads) {
      const way = wayTo(daemon, entrant, load, ends);
      const { others, ...measured } = await measure(daemon, entrant, ends, way, load, idle);
      result.measurements.push({ subject: peer.name, workers, load: load.name, ...measured });
      result.failures.push(...failuresOf(peer.name, load.name, [...others, measured.outcome], daemon, ends));
      told(load);
      if (daemon.end !== undefined) break;
    }
  });
}
