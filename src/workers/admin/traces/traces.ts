// Makes traces of some of the connections that have ended, where `admin.traces_endpoint` says where they go: asks the connection
// actors for samples once a beat, and gives them to the exporter.
import { randomBytes } from 'node:crypto';
import type { AdminOptions } from '../../../protocol/admin-options.js';
import type { Notice } from '../../../protocol/notices/notice.js';
import { within } from '../../../threads/within.js';
import type { AdminParts } from '../shared/parts.js';
import type { TraceCounts } from '../shared/trace-counts.js';
import { Exporter } from './exporter.js';
import { traceOf } from './otlp.js';
import { Poster } from './post.js';

/** How long an actor may take to answer. */
const ASK_MS = 2000;

export interface TracesParts {
  readonly tell: (notice: Notice) => void;
  readonly connections: AdminParts['connections'];
  readonly gateway: Pick<AdminParts['gateway'], 'version'>;
}

/** Where the samples of an actor were left. */
interface Place {
  readonly ended: number;
  readonly owed: number;
}

export class Traces {
  readonly #parts: TracesParts;
  #exporter: Exporter | undefined;
  #endpoint: string | null = null;
  #share = 0;
  /** By the number of the actor. */
  readonly #places = new Map<number, Place>();
  #before: TraceCounts = { sent: 0, dropped: 0 };
  #version: string | undefined;
  #looking: Promise<void> | undefined;

  constructor(parts: TracesParts) {
    this.#parts = parts;
  }

  /** Whether traces are made. */
  get isOn(): boolean {
    return this.#exporter !== undefined && this.#share > 0;
  }

  get counts(): TraceCounts {
    const { sent = 0, dropped = 0 } = this.#exporter?.counts ?? {};
    return { sent: this.#before.sent + sent, dropped: this.#before.dropped + dropped };
  }

  /** Other options. Another endpoint gets no traces that were made for the last one. */
  set({ traces_endpoint, traces_percent }: Pick<AdminOptions, 'traces_endpoint' | 'traces_percent'>): void {
    this.#share = traces_percent / 100;
    if (traces_endpoint === this.#endpoint) return;
    this.#endpoint = traces_endpoint;
    this.#leave();
    if (traces_endpoint === null) return;
    const tell = (why: string | undefined): void => this.#parts.tell(noticeOf(why));
    const version = (): string => this.#version ?? '';
    this.#exporter = new Exporter({ poster: new Poster(traces_endpoint), version, now: () => performance.now(), tell });
  }

  #leave(): void {
    this.#exporter?.close();
    this.#before = this.counts;
    this.#exporter = undefined;
    this.#places.clear();
  }

  /** To be called every second or so while `isOn`. Resolves when the samples are with the exporter. */
  look(): Promise<void> {
    if (!this.isOn) return Promise.resolve();
    this.#exporter?.send();
    this.#looking ??= this.#ask().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #ask(): Promise<void> {
    if (this.#version === undefined) {
      const told = await within(ASK_MS, this.#parts.gateway.version());
      if (told.code === 'answered') this.#version = told.value;
    }
    await Promise.all([...this.#parts.connections().keys()].map((actor) => this.#askOne(actor)));
  }

  async #askOne(actor: number): Promise<void> {
    const { ended: since, owed = 0 } = this.#places.get(actor) ?? {};
    const asked = this.#parts.connections().get(actor)?.samples({ since, share: this.#share, owed });
    if (asked === undefined) return;
    const exporter = this.#exporter;
    const told = await within(ASK_MS, asked);
    // It answers the next time, or is started again.
    if (told.code !== 'answered' || exporter === undefined || exporter !== this.#exporter) return;
    const { ended, owed: left, missed, samples } = told.value;
    this.#places.set(actor, { ended, owed: left });
    const traces = samples.map((sample) => traceOf(sample, hex)).filter((trace) => trace !== undefined);
    exporter.add(traces, missed);
  }

  close(): void {
    this.#leave();
  }
}

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

/** `why` the collector takes no traces; undefined: it does again. */
function noticeOf(why: string | undefined): Notice {
  const good = why === undefined;
  const message = good ? 'the collector takes traces again' : 'the collector does not take traces: they are dropped';
  return { topic: 'traces', level: good ? 'info' : 'warn', message, fields: good ? {} : { why }, good };
}
