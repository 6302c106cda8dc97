// The bench's handles of the generator and of the far end, each in its own process.
import { Child } from '../../process/child.js';
import type { FarEndReport, Load, Outcome, Report, Shape } from './messages.js';

const START_TIMEOUT_MS = 10_000;
/** A thousand handshakes, one process of the subject for each of some. */
const OPEN_TIMEOUT_MS = 30_000;
const GRACE_MS = 20_000;

export class Generator {
  readonly #child = new Child<Report>('generator', new URL('./load.js', import.meta.url));

  async ready(): Promise<void> {
    await this.#child.ask(undefined, START_TIMEOUT_MS);
  }

  /** Opens associations at a proxy; undefined, or why that failed. */
  async open(proxy: number, farEnd: number, shape: Shape): Promise<string | undefined> {
    const report = await this.#child.ask({ kind: 'open', proxy, farEnd, shape }, OPEN_TIMEOUT_MS);
    return report.kind === 'refused' ? report.cause : undefined;
  }

  async carryOut(load: Load): Promise<Outcome> {
    const report = await this.#child.ask({ kind: 'load', load }, load.duration_ms + GRACE_MS);
    if (report.kind !== 'outcome') throw new Error(`the generator answered ${report.kind}`);
    return report.outcome;
  }

  async close(): Promise<void> {
    await this.#child.ask({ kind: 'close' }, GRACE_MS);
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}

export class FarEnd {
  readonly #child = new Child<FarEndReport>('far end', new URL('./far-end.js', import.meta.url));

  /** Its port, at every address of loopback. */
  async ready(): Promise<number> {
    const report = await this.#child.ask(undefined, START_TIMEOUT_MS);
    if (report.kind !== 'ready') throw new Error(`the far end began with ${report.kind}`);
    return report.port;
  }

  /** Datagrams that it did not send back although they came, since its start. */
  async losses(): Promise<number> {
    const report = await this.#child.ask({ kind: 'losses' }, GRACE_MS);
    return report.kind === 'losses' ? report.losses : 0;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
