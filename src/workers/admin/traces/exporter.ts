// Sends traces to a collector: one request after the other, and what waits is bounded. Where the collector is slow or down, traces
// are dropped and counted, and nobody waits for it.
import type { TraceCounts } from '../shared/trace-counts.js';
import { requestOf, type Trace } from './otlp.js';
import type { Posted } from './post.js';

/** Traces that may wait: about a MiB. */
const WAITING_MAX = 512;
/** Traces in one request, about 200 KiB. */
const BATCH_MAX = 128;
/** After a failure the collector is left alone: this long, twice as long after the next one, and so on. */
const PAUSE_MS = 1000;
const PAUSE_MOST_MS = 60_000;

export interface ExporterParts {
  readonly poster: { post(body: string): Promise<Posted>; close(): void };
  /** The version of the gateway. */
  readonly version: () => string;
  /** In ms. */
  readonly now: () => number;
  /** The collector does not take traces, or (undefined) does again. */
  readonly tell: (why: string | undefined) => void;
}

export class Exporter {
  readonly #parts: ExporterParts;
  readonly #waiting: Trace[] = [];
  #sent = 0;
  #dropped = 0;
  /** Traces of the request under way. */
  #underWay = 0;
  #isClosed = false;
  #pause_ms = 0;
  #resumeAt = Number.NEGATIVE_INFINITY;

  constructor(parts: ExporterParts) {
    this.#parts = parts;
  }

  get counts(): TraceCounts {
    return { sent: this.#sent, dropped: this.#dropped };
  }

  /** Traces that wait, those of the request under way not counted. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** `missed`: further ones that there would be. */
  add(traces: readonly Trace[], missed: number): void {
    const room = Math.max(WAITING_MAX - this.#waiting.length, 0);
    this.#waiting.push(...traces.slice(0, room));
    this.#dropped += missed + Math.max(traces.length - room, 0);
    this.send();
  }

  /** Sends what waits, if it is time to. To be called now and then. */
  send(): void {
    if (this.#underWay > 0 || this.#isClosed || this.#waiting.length === 0) return;
    if (this.#parts.now() < this.#resumeAt) return;
    const batch = this.#waiting.splice(0, BATCH_MAX);
    this.#underWay = batch.length;
    void this.#post(batch).then(() => {
      this.#underWay = 0;
      this.send();
    });
  }

  async #post(batch: readonly Trace[]): Promise<void> {
    const { poster, version, now, tell } = this.#parts;
    const posted = await poster.post(JSON.stringify(requestOf(batch, version())));
    if (this.#isClosed) return;
    if (posted.code === 'taken') {
      this.#sent += batch.length;
      if (this.#pause_ms > 0) tell(undefined);
      this.#pause_ms = 0;
      return;
    }
    this.#dropped += batch.length;
    if (this.#pause_ms === 0) tell(posted.detail);
    this.#pause_ms = Math.min(Math.max(2 * this.#pause_ms, PAUSE_MS), PAUSE_MOST_MS);
    this.#resumeAt = now() + this.#pause_ms;
  }

  /** Sends nothing more; what waits and what is under way is dropped. */
  close(): void {
    this.#isClosed = true;
    this.#dropped += this.#waiting.splice(0).length + this.#underWay;
    this.#parts.poster.close();
  }
}
