// One subject in one round: started, put through its loads, stopped. What went wrong is part of what comes out.
import { type CrowdMemory, holdCrowd } from './crowd.js';
import type { LoadGenerator, Target } from './ends.js';
import { type CpuTime, settledCpuTime } from './measure.js';
import type { Outcome, TargetPorts, Way } from './messages.js';
import { Daemon } from './peers/daemon.js';
import type { Entrant, Load } from './plan.js';

export interface Measurement {
  readonly subject: string;
  readonly workers: number;
  readonly load: string;
  readonly outcome: Outcome;
  /** Of the subject during the load and until it was quiet again, in microseconds. */
  readonly cpu: CpuTime;
  /** Only of the idle load. */
  readonly idle?: CrowdMemory;
}

export interface Failure {
  readonly subject: string;
  readonly load: string;
  readonly cause: string;
  readonly count: number;
}

export interface Ends {
  readonly generator: LoadGenerator;
  readonly target: Target;
  readonly ports: TargetPorts;
}

export interface TrialResult {
  readonly measurements: Measurement[];
  readonly failures: Failure[];
}

function wayTo(daemon: Daemon, { peer }: Entrant, load: Load, ports: TargetPorts): Way {
  if (peer.bare) return { entry: daemon.listen[load.kind], ask: undefined };
  return { entry: daemon.listen.echo, ask: { host: load.host, ports: ports[load.kind] } };
}

function failuresOf(
  subject: string,
  load: string,
  outcomes: readonly Outcome[],
  daemon: Daemon,
  target: Target,
): Failure[] {
  const failures: Failure[] = [];
  const add = (cause: string, count: number) => failures.push({ subject, load, cause, count });
  for (const outcome of outcomes) {
    for (const [cause, count] of Object.entries(outcome.failures)) add(cause, count);
    if (outcome.verified === 0) add('nothing was verified', 1);
  }
  const trouble = target.trouble();
  if (trouble !== undefined) add(`the target had trouble: ${trouble}`, 1);
  if (daemon.end !== undefined) add(`the subject ended with ${daemon.end}`, 1);
  return failures;
}

async function measure(daemon: Daemon, ends: Ends, way: Way, load: Load, idle: number) {
  const { generator } = ends;
  const warmUp = await generator.carryOut(load.order(way, load.warmUp_ms));
  const before = await settledCpuTime(daemon.pid);
  if (load.name !== 'idle') {
    const outcome = await generator.carryOut(load.order(way, load.duration_ms));
    return { outcome, others: [warmUp], cpu: difference(await settledCpuTime(daemon.pid), before) };
  }
  const { outcome, memory } = await holdCrowd(daemon.pid, generator, way, idle);
  const cpu = difference(await settledCpuTime(daemon.pid), before);
  const released = await generator.carryOut({ kind: 'release' });
  return { outcome, others: [warmUp, released], cpu, idle: memory };
}

const difference = (after: CpuTime, before: CpuTime): CpuTime => ({
  user: after.user - before.user,
  system: after.system - before.system,
});

/** `told` is called after each load. */
export async function runTrial(
  entrant: Entrant,
  loads: readonly Load[],
  idle: number,
  ends: Ends,
  told: (load: Load) => void,
): Promise<TrialResult> {
  const { peer, path, workers } = entrant;
  const result: TrialResult = { measurements: [], failures: [] };
  let daemon: Daemon;
  try {
    daemon = await Daemon.start(peer, path, ends.ports, workers);
  } catch (error) {
    result.failures.push({ subject: peer.name, load: 'start', cause: (error as Error).message, count: 1 });
    return result;
  }
  try {
    for (const load of loads) {
      const { others, ...measured } = await measure(daemon, ends, wayTo(daemon, entrant, load, ends.ports), load, idle);
      result.measurements.push({ subject: peer.name, workers, load: load.name, ...measured });
      result.failures.push(...failuresOf(peer.name, load.name, [...others, measured.outcome], daemon, ends.target));
      told(load);
      if (daemon.end !== undefined) break;
    }
  } finally {
    await daemon.stop();
  }
  return result;
}
