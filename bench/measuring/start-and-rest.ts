// What a subject takes before anything is asked of it: time to start, memory, and CPU time at rest. Measured once and not
// in rounds: starts are repeated in a row, and all subjects rest at the same time.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { BASE } from '../plan/load-names.js';
import type { BaseExtent, Entrant } from '../plan/plan.js';
import {
  contextSwitches,
  cpuBetween,
  cpuTime,
  growthBetween,
  memoryUse,
  runTimes,
  settledCpuTime,
} from '../process/cost.js';
import type { BaseMeasurement, BaseResult, Failure, Start } from '../results/measurements.js';
import { NODE_TIMER } from '../results/targets.js';
import { ECHO, type Ends, failuresOf, wayTo, withDaemon } from './participation.js';

const WORKERS = 2;
const TIMER_MS = 500;

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

type Calm = Pick<BaseMeasurement, 'calm_percent' | 'calm_wakes'>;

/** What a process takes while nothing happens. */
async function atRest(pid: number, { calm_s, settle_s }: BaseExtent): Promise<Calm> {
  await sleep(settle_s * 1000);
  await settledCpuTime(pid);
  const before = { run: runTimes(pid), switches: contextSwitches(pid), cpu: cpuTime(pid) };
  const began_ms = performance.now();
  await sleep(calm_s * 1000);
  const elapsed_s = (performance.now() - began_ms) / 1000;
  const { user, system } = cpuBetween(before.cpu, cpuTime(pid));
  const run = before.run.size > 0 ? growthBetween(before.run, runTimes(pid)) : undefined;
  const switches = growthBetween(before.switches, contextSwitches(pid));
  return {
    calm_percent: (run ?? user + system) / (elapsed_s * 1e4),
    calm_wakes: switches === undefined ? undefined : switches / elapsed_s,
  };
}

function subjectAtRest(entrant: Entrant, extent: BaseExtent, ends: Ends, failures: Failure[]) {
  return withDaemon(entrant, ends, BASE, failures, ({ pid }) => atRest(pid, extent));
}

/** A plain Node process whose timer fires as often as the gateway may wake up. */
async function timerAtRest(extent: BaseExtent): Promise<BaseMeasurement> {
  const timer = spawn(process.execPath, ['-e', `setInterval(() => {}, ${TIMER_MS})`], { stdio: 'ignore' });
  const end = (): void => void timer.kill();
  process.on('exit', end);
  try {
    return { subject: NODE_TIMER, workers: 0, starts: [], ...(await atRest(timer.pid as number, extent)) };
  } finally {
    process.off('exit', end);
    end();
  }
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
  const [timer, ...calm] = await Promise.all([
    timerAtRest(extent),
    ...entrants.map((entrant) => subjectAtRest(entrant, extent, ends, failures)),
  ]);
  const measurements = entrants.map(({ peer, workers }, index) => ({
    ...{ subject: peer.name, workers, starts: started[index] },
    ...(calm[index] ?? { calm_percent: undefined, calm_wakes: undefined }),
  }));
  return { extent, measurements: [...measurements, timer], failures };
}
