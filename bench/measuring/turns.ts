// One side of a comparison in one round: its turns under load on a started subject, with its crowd, and what they came to.
import type { Daemon } from '../peers/daemon.js';
import type { Comparison, Condition } from '../plan/comparison.js';
import type { Entrant } from '../plan/plan.js';
import { type CpuTime, cpuBetween, memoryUse, settledCpuTime } from '../process/cost.js';
import type { Side, SideLatency } from '../results/measurements.js';
import type { Order, Outcome, Way } from '../shared/messages.js';
import { ECHO, type Ends, wayTo } from './participation.js';

/** The most looks (30 ms each) at a subject until what it reads at its start has reached all its threads. */
const READY_LOOKS_MAX = 500;

/** What both sides share. */
export interface TurnsParts {
  readonly entrant: Entrant;
  readonly comparison: Comparison;
  /** At a time in the connect load. */
  readonly connections: number;
  readonly ends: Ends;
}

export class Turns {
  readonly daemon: Daemon;
  readonly outcomes: Outcome[] = [];
  readonly #condition: Condition;
  readonly #parts: TurnsParts;
  readonly #way: Way;
  readonly #measured: Outcome[] = [];
  #cpu: CpuTime = { user: 0, system: 0 };
  #pss = 0;
  #crowd: number | undefined;

  constructor(daemon: Daemon, condition: Condition, parts: TurnsParts) {
    this.daemon = daemon;
    this.#condition = condition;
    this.#parts = parts;
    this.#way = wayTo(daemon, parts.entrant, ECHO, parts.ends, condition.speech);
  }

  get side(): Side {
    const verified = this.#measured.reduce((sum, outcome) => sum + outcome.verified, 0);
    return { verified, cpu: this.#cpu, pss: this.#pss, latency: latencyOf(this.#measured) };
  }

  /** The connections of the crowd that were there in the end; undefined without one. */
  get crowd(): number | undefined {
    return this.#crowd;
  }

  /** Always by the connect load: at a low rate compilers would take minutes. */
  async warmUp(duration_ms: number): Promise<void> {
    await settledCpuTime(this.daemon.pid, READY_LOOKS_MAX);
    await this.#carryOut({ kind: 'connect', way: this.#way, connections: this.#parts.connections, duration_ms });
  }

  async take(duration_ms: number): Promise<void> {
    const { pid } = this.daemon;
    const before = await settledCpuTime(pid);
    this.#measured.push(await this.#carryOut(this.#order(duration_ms)));
    const { user, system } = cpuBetween(before, await settledCpuTime(pid));
    this.#cpu = { user: this.#cpu.user + user, system: this.#cpu.system + system };
    this.#pss = memoryUse(pid).pss;
  }

  /** Opens the crowd, where there is to be one. */
  async hold(): Promise<void> {
    const { crowd } = this.#condition;
    if (crowd === undefined) return;
    await this.#carryOut({ kind: 'hold', way: this.#way, connections: crowd.connections, crowd: crowd.kind });
  }

  async release(): Promise<void> {
    if (this.#condition.crowd === undefined) return;
    this.#crowd = (await this.#carryOut({ kind: 'release' })).verified;
  }

  #order(duration_ms: number): Order {
    const { comparison, connections } = this.#parts;
    const way = this.#way;
    if (comparison.rate !== undefined) return { kind: 'open', way, rate: comparison.rate, duration_ms };
    return { kind: 'connect', way, connections, duration_ms };
  }

  async #carryOut(order: Order): Promise<Outcome> {
    const outcome = await this.#parts.ends.generator.carryOut(order);
    this.outcomes.push(outcome);
    return outcome;
  }
}

/** Percentiles cannot be added up: of several turns it has the means. All 0 for none. */
function latencyOf(turns: readonly Outcome[]): SideLatency {
  const of = (key: keyof SideLatency): number =>
    turns.reduce((sum, { latency }) => sum + latency[key], 0) / Math.max(1, turns.length);
  return { p50: of('p50'), p99: of('p99') };
}
