// The bench's handle of the field, which is a child process (field.ts).
import { Child } from '../../process/child.js';
import type { Fault } from './faults.js';
import type { FieldOrder, FieldReport, Laid, WayCounts, WayPlan } from './messages.js';

const ANSWER_TIMEOUT_MS = 10_000;

type ReportOf<Kind extends FieldReport['kind']> = Extract<FieldReport, { kind: Kind }>;

export class Field {
  readonly #child = new Child<FieldReport>('field', new URL('./field.js', import.meta.url));

  async ready(): Promise<void> {
    await this.#ask(undefined, 'ready');
  }

  /** Replaces all ways by new ones without a fault. */
  async lay(ways: readonly WayPlan[]): Promise<Laid> {
    return (await this.#ask({ kind: 'lay', ways }, 'laid')).laid;
  }

  /** Sets the fault of each way for later connections; undefined for none. */
  async suffer(faults: readonly (Fault | undefined)[]): Promise<void> {
    await this.#ask({ kind: 'faults', faults: faults.map((fault) => fault ?? null) }, 'set');
  }

  /** What each way has seen since the last call. */
  async count(): Promise<readonly WayCounts[]> {
    return (await this.#ask({ kind: 'count' }, 'counted')).counts;
  }

  stop(): void {
    this.#child.stop();
  }

  async #ask<Kind extends FieldReport['kind']>(order: FieldOrder | undefined, kind: Kind): Promise<ReportOf<Kind>> {
    const report = await this.#child.ask(order, ANSWER_TIMEOUT_MS);
    if (report.kind === 'trouble') throw new Error(`the field: ${report.cause}`);
    if (report.kind !== kind) throw new Error(`the field answered ${report.kind}`);
    return report as ReportOf<Kind>;
  }
}
