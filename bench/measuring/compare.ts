// One comparison on one subject in one round. The sides take turns (without, with, with, without), so that a subject that
// becomes faster, or a machine that becomes slower, affects both sides alike.
import type { Daemon } from '../peers/daemon.js';
import type { Setting } from '../peers/peer.js';
import type { Comparison } from '../plan/comparison.js';
import type { Entrant } from '../plan/plan.js';
import { cpuBetween, memoryUse, settledCpuTime } from '../process/cost.js';
import type { ComparisonMeasurement, ComparisonResult, Failure, Side } from '../results/measurements.js';
import type { Outcome, Way } from '../shared/messages.js';
import { ECHO, type Ends, failuresOf, wayTo, withDaemon } from './participation.js';

/** Least memory of a route in each actor that holds it: its name, its entry in a map and two objects take more. */
const ROUTE_OCTETS_MIN = 256;
/** The most looks (30 ms each) at a subject until what it reads at its start has reached all its threads. */
const READY_LOOKS_MAX = 500;

class Turns {
  readonly daemon: Daemon;
  readonly outcomes: Outcome[] = [];
  readonly #ends: Ends;
  readonly #way: Way;
  readonly #connections: number;
  #side: Side = { verified: 0, cpu: { user: 0, system: 0 }, pss: 0 };

  constructor(daemon: Daemon, entrant: Entrant, connections: number, ends: Ends) {
    this.daemon = daemon;
    this.#ends = ends;
    this.#way = wayTo(daemon, entrant, ECHO, ends);
    this.#connections = connections;
  }

  get side(): Side {
    return this.#side;
  }

  async warmUp(duration_ms: number): Promise<void> {
    await settledCpuTime(this.daemon.pid, READY_LOOKS_MAX);
    await this.#connect(duration_ms);
  }

  async take(duration_ms: number): Promise<void> {
    const { pid } = this.daemon;
    const before = await settledCpuTime(pid);
    const { verified } = await this.#connect(duration_ms);
    const { user, system } = cpuBetween(before, await settledCpuTime(pid));
    const { cpu, verified: already } = this.#side;
    this.#side = {
      verified: already + verified,
      cpu: { user: cpu.user + user, system: cpu.system + system },
      pss: memoryUse(pid).pss,
    };
  }

  async hold(connections: number): Promise<void> {
    this.outcomes.push(await this.#ends.generator.carryOut({ kind: 'hold', way: this.#way, connections }));
  }

  async release(): Promise<void> {
    this.outcomes.push(await this.#ends.generator.carryOut({ kind: 'release' }));
  }

  async #connect(duration_ms: number): Promise<Outcome> {
    const order = { kind: 'connect', way: this.#way, connections: this.#connections, duration_ms } as const;
    const outcome = await this.#ends.generator.carryOut(order);
    this.outcomes.push(outcome);
    return outcome;
  }
}

/** `connections` are open at a time in the connect load. */
export async function compare(
  entrant: Entrant,
  comparison: Comparison,
  connections: number,
  ends: Ends,
): Promise<ComparisonResult> {
  const { peer, workers } = entrant;
  const { name, without, with: other } = comparison;
  const failures: Failure[] = [];
  const take = async (...daemons: [Daemon, Daemon]): Promise<ComparisonMeasurement> => {
    const sides = daemons.map((daemon) => new Turns(daemon, entrant, connections, ends));
    await takeTurns(sides[0], sides[1], comparison);
    for (const { outcomes, daemon } of sides) failures.push(...failuresOf(peer.name, name, outcomes, daemon, ends));
    const measurement = { subject: peer.name, workers, comparison: name, without: sides[0].side, with: sides[1].side };
    const lack = lackOf(measurement, other);
    if (lack !== undefined) failures.push({ subject: peer.name, load: name, cause: lack, count: 1 });
    return measurement;
  };
  const start = (setting: Setting, use: (daemon: Daemon) => Promise<ComparisonMeasurement | undefined>) =>
    withDaemon(entrant, ends, name, failures, use, setting);
  const measurement = await start(without, (first) =>
    other === without ? take(first, first) : start(other, (second) => take(first, second)),
  );
  return { measurement, failures };
}

/** Why nothing has been compared, or undefined: routes that are not in memory cost nothing. */
function lackOf({ workers, without, with: other }: ComparisonMeasurement, setting: Setting): string | undefined {
  if (setting.kind !== 'routes') return undefined;
  const growth = other.pss - without.pss;
  const least = (setting.count * ROUTE_OCTETS_MIN * (1 + workers)) / 1024;
  return growth < least
    ? `${setting.count} routes have taken only ${Math.round(growth)} KiB: they are not in memory`
    : undefined;
}

async function takeTurns(without: Turns, other: Turns, { duration_ms, warmUp_ms, idle }: Comparison): Promise<void> {
  await without.warmUp(warmUp_ms);
  if (other.daemon !== without.daemon) await other.warmUp(warmUp_ms);
  await without.take(duration_ms);
  if (idle > 0) await other.hold(idle);
  await other.take(duration_ms);
  await other.take(duration_ms);
  if (idle > 0) await other.release();
  await without.take(duration_ms);
}
