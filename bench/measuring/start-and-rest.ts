// What a subject takes before anything is asked of it: time to start, memory, and CPU time at rest. Measured once and not
// in rounds: starts are repeated in a row, and all subjects rest at the same time.
import { setTimeout as sleep } from 'node:timers/promises';
import { BASE } from '../plan/load-names.js';
import type { BaseExtent, Entrant } from '../plan/plan.js';
import { cpuBetween, cpuTime, memoryUse, settledCpuTime } from '../process/cost.js';
import type { BaseResult, Failure, Start } from '../results/measurements.js';
import { ECHO, type Ends, failuresOf, wayTo, withDaemon } from './participation.js';

const WORKERS = 2;

/** Every program once, with two connection actors where the number can be set. */
function baseEntrants(entrants: readonly Entrant[]): Entrant[] {
  const some = entrants.filter(
    ({ peer }, index) => peer.onlyLoads === undefined && entrants.findIndex((other) => other.peer === peer) === index,
  );
  return some.map((entrant) => ({ ...entrant, workers: entrant.peer.scales ? WORKERS : 0 }));
}

function start(entrant: Entrant, ends: Ends, failures: Failure[]): Promise<Start | undefined> {
  return withDaemon(entrant, ends, BASE, failures, async (daemon) => {
    const way = wayTo(daemon, entrant, ECHO, ends);
    const outcome = await ends.generator.carryOut({ kind: 'connect', way, connections: 1, duration_ms: 0 });
    const carries_ms = performance.now() - daemon.spawned_ms;
    failures.push(...failuresOf(entrant.peer.name, BASE, [outcome], daemon, ends));
    await settledCpuTime(daemon.pid);
    return { accepts_ms: daemon.accepted_ms - daemon.spawned_ms, carries_ms, ...memoryUse(daemon.pid) };
  });
}

function doNothing(entrant: Entrant, calm_s: number, ends: Ends, failures: Failure[]): Promise<number | undefined> {
  return withDaemon(entrant, ends, BASE, failures, async ({ pid }) => {
    const before = await settledCpuTime(pid);
    const began_ms = performance.now();
    await sleep(calm_s * 1000);
    const { user, system } = cpuBetween(before, cpuTime(pid));
    return (100 * (user + system)) / ((performance.now() - began_ms) * 1000);
  });
}

/** Calls `told` with a description of each step before it begins. */
export async function measureBase(
  all: readonly Entrant[],
  extent: BaseExtent,
  ends: Ends,
  told: (what: string) => void,
): Promise<BaseResult> {
  const failures: Failure[] = [];
  const entrants = baseEntrants(all);
  const started: Start[][] = [];
  for (const entrant of entrants) {
    told(`starting: ${entrant.peer.name}`);
    const some: (Start | undefined)[] = [];
    for (let i = 0; i < extent.starts; i += 1) some.push(await start(entrant, ends, failures));
    started.push(some.filter((one) => one !== undefined));
  }
  told('doing nothing: all of them');
  const calm = await Promise.all(entrants.map((entrant) => doNothing(entrant, extent.calm_s, ends, failures)));
  const measurements = entrants.map(({ peer, workers }, index) => ({
    ...{ subject: peer.name, workers },
    starts: started[index],
    calm_percent: calm[index],
  }));
  return { extent, measurements, failures };
}
