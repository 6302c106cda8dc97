// An actor that there is only while the configuration needs it. Its host is made and started with the others, or by a reload.
import type { Options } from '../../protocol/options.js';
import { type Prepared, UNCHANGED } from '../process/change.js';
import type { Done } from '../process/done.js';
import type { AnyHost } from './any-host.js';
import type { ActorHost } from './host.js';

export interface OptionalParts<Control> {
  readonly isNeeded: (options: Options) => boolean;
  /** Whether it ends when a reload needs it no more; else connections may still use it. */
  readonly ends: boolean;
  /** A host that was not started yet. */
  readonly make: () => ActorHost<Control>;
}

export class OptionalActor<Control> {
  readonly #parts: OptionalParts<Control>;
  #host: ActorHost<Control> | undefined;

  /** `options`: with which the gateway begins. */
  constructor(options: Options, parts: OptionalParts<Control>) {
    this.#parts = parts;
    if (parts.isNeeded(options)) this.#host = parts.make();
  }

  /** Its host, if there is one. */
  get hosts(): readonly AnyHost[] {
    return this.#host === undefined ? [] : [this.#host];
  }

  /** Starts it by `start`, which leaves no thread of one that cannot be used, if these options need it and it does not run. */
  async prepare(options: Options, start: (host: ActorHost<Control>) => Promise<Done>): Promise<Prepared> {
    const isNeeded = this.#parts.isNeeded(options);
    if (isNeeded === (this.#host !== undefined)) return UNCHANGED;
    if (!isNeeded) {
      if (!this.#parts.ends) return UNCHANGED;
      return { code: 'prepared', change: { make: () => this.stop(0), drop() {} } };
    }
    const host = this.#parts.make();
    const started = await start(host);
    if (started.code === 'failed') return started;
    this.#host = host;
    return { code: 'prepared', change: { make() {}, drop: () => this.stop(0) } };
  }

  /** Ends it within `timeout_ms`; there is none afterwards. */
  async stop(timeout_ms: number): Promise<void> {
    const host = this.#host;
    this.#host = undefined;
    await host?.stop(timeout_ms);
    await host?.destroy();
  }
}
