// Counts the system calls of each subject for a connection: a short connect load under strace, after all that is timed.
import type { Daemon } from '../peers/daemon.js';
import { SYSCALLS } from '../plan/load-names.js';
import type { Entrant, TracedLoad } from '../plan/plan.js';
import { processesOf, settledCpuTime } from '../process/cost.js';
import { Strace } from '../process/strace.js';
import type { Failure, SyscallsMeasurement, SyscallsResult } from '../results/measurements.js';
import { ECHO, type Ends, failuresOf, wayTo, withDaemon } from './participation.js';

/** Calls `told` with a description of each step before it begins. */
export async function measureSyscalls(
  entrants: readonly Entrant[],
  { strace, concurrency, duration_ms, warmUp_ms }: TracedLoad,
  ends: Ends,
  told: (what: string) => void,
): Promise<SyscallsResult> {
  const measurements: SyscallsMeasurement[] = [];
  const failures: Failure[] = [];
  /** Returns why strace cannot be attached, or undefined. */
  const trace = async (daemon: Daemon, entrant: Entrant): Promise<string | undefined> => {
    const { peer, workers } = entrant;
    const way = wayTo(daemon, entrant, ECHO, ends);
    const connect = { kind: 'connect', way, connections: concurrency } as const;
    const warmUp = await ends.generator.carryOut({ ...connect, duration_ms: warmUp_ms });
    await settledCpuTime(daemon.pid);
    const tracer = await Strace.attach(strace, processesOf(daemon.pid));
    if (typeof tracer === 'string') return tracer;
    const outcome = await ends.generator.carryOut({ ...connect, duration_ms });
    await settledCpuTime(daemon.pid);
    const calls = Object.fromEntries(await tracer.detach());
    measurements.push({ subject: peer.name, workers, connections: outcome.verified, calls });
    failures.push(...failuresOf(peer.name, SYSCALLS, [warmUp, outcome], daemon, ends));
    return undefined;
  };
  for (const entrant of entrants) {
    if (entrant.peer.onlyLoads !== undefined) continue;
    told(`strace: ${entrant.peer.name}`);
    const refusal = await withDaemon(entrant, ends, SYSCALLS, failures, (daemon) => trace(daemon, entrant));
    if (refusal !== undefined) return { concurrency, measurements, failures, refusal };
  }
  return { concurrency, measurements, failures, refusal: undefined };
}
