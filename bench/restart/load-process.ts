// The bench's handle of the process that makes the load.
import { Child } from '../process/child.js';
import type { LoadOrder, LoadReport, Mix, MixOutcome } from './load/messages.js';

const ANSWER_MS = 10_000;
/** Beyond what an order should take by the rate of the load and the patience of its clients. */
const GRACE_MS = 60_000;

export class LoadProcess {
  readonly #child = new Child<LoadReport>('load', new URL('load/load.js', import.meta.url));
  readonly #mix: Mix;

  constructor(mix: Mix) {
    this.#mix = mix;
  }

  async #carryOut(order: LoadOrder, timeout_ms = ANSWER_MS): Promise<LoadReport> {
    return this.#child.ask(order, timeout_ms);
  }

  async begin(): Promise<void> {
    await this.#child.ask(undefined, ANSWER_MS);
    await this.#carryOut({ kind: 'begin', mix: this.#mix });
  }

  /** Resolves when so many connections have begun. */
  async reach(begun: number): Promise<void> {
    await this.#carryOut({ kind: 'reach', begun }, (begun / this.#mix.rate) * 1000 + GRACE_MS);
  }

  /** The subject is changing from now on, or no more. */
  async changing(isChanging: boolean): Promise<void> {
    await this.#carryOut({ kind: 'changing', isChanging });
  }

  /** Nothing new begins; resolves when all connections have ended. */
  async end(): Promise<MixOutcome> {
    const { lasting_ms, patience_ms } = this.#mix;
    const report = await this.#carryOut({ kind: 'end' }, lasting_ms + patience_ms + GRACE_MS);
    if (report.kind !== 'outcome') throw new Error(`the load answered ${report.kind}`);
    return report.outcome;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
