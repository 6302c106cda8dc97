// The bench's handles of both ends of every load: the load generator and the target, each in its own process.
import { Child } from '../process/child.js';
import type { GeneratorReport, Order, Outcome, TargetPorts, TargetReport } from '../shared/messages.js';

const START_TIMEOUT_MS = 10_000;
/** What a load may need beyond its duration: connections without progress are given up after 10 s. */
const GRACE_MS = 60_000;

export class LoadGenerator {
  readonly #child = new Child<GeneratorReport>('load generator', new URL('../generator/load.js', import.meta.url));

  async ready(): Promise<void> {
    const report = await this.#child.ask(undefined, START_TIMEOUT_MS);
    if (report.kind !== 'ready') throw new Error(`the load generator began with ${report.kind}`);
  }

  async carryOut(order: Order): Promise<Outcome> {
    const duration_ms = 'duration_ms' in order ? order.duration_ms : 0;
    const report = await this.#child.ask(order, duration_ms + GRACE_MS);
    if (report.kind !== 'outcome') throw new Error(`the load generator answered ${report.kind}`);
    return report.outcome;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}

export class Target {
  readonly #child = new Child<TargetReport>('target', new URL('../target/target.js', import.meta.url));

  async ready(): Promise<TargetPorts> {
    const report = await this.#child.ask(undefined, START_TIMEOUT_MS);
    if (report.kind !== 'ready') throw new Error(`the target: ${report.cause}`);
    return report.ports;
  }

  /** Why connections may have failed at the target's end; undefined if it has reported nothing since the last call. */
  trouble(): string | undefined {
    const report = this.#child.takeUnasked();
    return report?.kind === 'trouble' ? report.cause : undefined;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
