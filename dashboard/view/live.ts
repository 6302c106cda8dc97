// What comes by itself, for all views: the traffic of the last minutes, and the last lines of the log. It goes on while views change.
import type { LogLine, TrafficEvent } from '../api/shapes.js';
import type { ServerEvent } from '../api/sse.js';
import { Series } from '../plot/series.js';

/** Lines of the log that are kept. */
const LOG_MAX = 1000;

export class Live {
  readonly traffic = new Series();
  readonly log: LogLine[] = [];
  /** Events that the gateway left out, since this page or its network was too slow. */
  leftOut = 0;
  last: TrafficEvent | undefined;
  isOpen = false;
  /** Why the gateway gives this page no events, in its own words. */
  refused: string | undefined;
  readonly #listeners = new Set<() => void>();

  /** Called after each change. Returns what ends that. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  state(isOpen: boolean, refused?: string): void {
    this.isOpen = isOpen;
    this.refused = refused;
    this.#told();
  }

  event({ event, data }: ServerEvent): void {
    if (event === 'traffic') this.#traffic(JSON.parse(data) as TrafficEvent);
    else if (event === 'log') this.#log(JSON.parse(data) as { lines: readonly LogLine[]; left_out: number });
    else return;
    this.#told();
  }

  #traffic(now: TrafficEvent): void {
    this.last = now;
    this.traffic.add(now);
  }

  #log({ lines, left_out }: { lines: readonly LogLine[]; left_out: number }): void {
    this.leftOut += left_out;
    this.log.push(...lines);
    if (this.log.length > LOG_MAX) this.log.splice(0, this.log.length - LOG_MAX);
  }

  #told(): void {
    for (const listener of this.#listeners) listener();
  }
}
