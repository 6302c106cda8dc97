// Writes to the engine what this gateway has learned of destinations: what is news there, and what is in use from time to time. What
// comes faster than the engine takes it is joined by shared/writes.ts.
import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Line } from '../../../protocol/lines/line.js';
import type { RouteState } from '../../../protocol/routes/state.js';
import { idOf, routeKeys, type Slot, slotOf } from '../../../protocol/share/keys.js';
import type { LineId, LineIds } from '../../../protocol/share/line-ids.js';
import { isShared, ownRouteOf } from '../../../protocol/share/own-route.js';
import { sealRoute } from '../../../protocol/share/route-value.js';
import { NONCE_OCTETS } from '../../../protocol/share/seal.js';
import type { Site } from '../shared/site.js';

/** What is there is renewed after this part of the time for which it holds. */
const RENEWED_PER_TTL = 3;
/** Destinations of which is known what the engine has; of others it is written once more. */
const WRITTEN_MAX = 100_000;

/** What the writer knows of the lines. */
export interface WriterLines {
  /** By their numbers. */
  readonly lines: readonly (Line | undefined)[];
  readonly ids: LineIds;
}

export class RouteWriter {
  readonly #site: Pick<Site, 'secrets' | 'gateway' | 'writes'>;
  readonly #ttl_s: number;
  /** None, until they are set. */
  #lines: WriterLines | undefined;
  /** The line that stands in the engine, in the slot of this gateway; by destination. */
  readonly #written: LRUCache<string, LineId>;
  readonly #slot: Slot;
  /** Values that were given to the engine. */
  count = 0;

  /** `now`: in ms. */
  constructor(site: Pick<Site, 'secrets' | 'gateway' | 'writes'>, ttl_s: number, now: () => number) {
    this.#site = site;
    this.#ttl_s = ttl_s;
    this.#slot = slotOf(site.gateway);
    this.#written = new LRUCache({ max: WRITTEN_MAX, ttlResolution: 0, perf: { now } });
  }

  setLines(lines: WriterLines): void {
    this.#lines = lines;
  }

  /** Writes what is news of these destinations. What has not worked for a while waits until it works again. */
  write(states: readonly RouteState[]): void {
    for (const state of states) if (isShared(state.destination)) this.#write(state);
  }

  #write(state: RouteState): void {
    const { destination } = state;
    const own = this.#lines && ownRouteOf(state, this.#lines.lines, this.#lines.ids);
    if (own === undefined) return;
    const { age_ms } = own;
    if (age_ms >= this.#renew_ms || this.#written.get(destination) === own.line) return;
    const { secrets, gateway, writes } = this.#site;
    const key = routeKeys(secrets.site, idOf(secrets, destination))[this.#slot];
    const sealed = sealRoute(secrets, key, { ...own, gateway }, this.#ttl_s, randomBytes(NONCE_OCTETS));
    // Its age is what is missing of the whole time, so that no two clocks need to agree.
    writes.put(key, ['SET', key, sealed, 'PX', String(Math.ceil(this.#ttl_s * 1000 - age_ms))]);
    this.count += 1;
    this.#stands(destination, own.line, age_ms);
  }

  /** The slot of this gateway has been found to name the line. Whoever has written that, it need not be written again. */
  found(destination: string, line: LineId, age_ms: number): void {
    if (age_ms < this.#renew_ms) this.#stands(destination, line, age_ms);
  }

  /** The engine may have lost all. */
  forget(): void {
    this.#written.clear();
  }

  get #renew_ms(): number {
    return (this.#ttl_s * 1000) / RENEWED_PER_TTL;
  }

  #stands(destination: string, line: LineId, age_ms: number): void {
    this.#written.set(destination, line, { ttl: Math.max(1, Math.floor(this.#renew_ms - age_ms)) });
  }
}
