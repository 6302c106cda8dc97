// The routes of the site: writes what this gateway learns of destinations, and tells connection actors what other gateways know of
// those that they meet for the first time.

import type { LineEvent } from '../../../protocol/lines/health/health.js';
import { byNumber } from '../../../protocol/lines/numbers.js';
import type { RouteState } from '../../../protocol/routes/state.js';
import { slotOf } from '../../../protocol/share/keys.js';
import { LineIds } from '../../../protocol/share/line-ids.js';
import type { ShareSeen } from '../../../threads/contracts/admin/share.js';
import type { HintsAsked } from '../../../threads/contracts/share.js';
import type { Room, ShareParts } from '../shared/room.js';
import type { Site } from '../shared/site.js';
import { type PullCounts, RoutePuller } from './puller.js';
import { RouteWriter } from './writer.js';

export interface RouteCounts extends PullCounts {
  /** Values that were given to the engine. */
  readonly written: number;
}

/** All that belongs to one site. */
interface Present {
  readonly site: Site;
  readonly ttl_s: number;
  readonly writer: RouteWriter;
  readonly puller: RoutePuller;
}

export class RoutesRoom implements Room {
  readonly #parts: ShareParts;
  /** Undefined where routes are not shared. */
  #present: Present | undefined;
  readonly #pulled: PullCounts = {
    ...{ asked: 0, found: 0, missed: 0, missedKnown: 0, dropped: 0, unanswered: 0, refused: 0 },
  };
  /** By writers that have gone. */
  #written = 0;

  constructor(parts: ShareParts) {
    this.#parts = parts;
    this.configured();
  }

  /** Since the start of the actor. */
  get counts(): RouteCounts {
    return { ...this.#pulled, written: this.#written + (this.#present?.writer.count ?? 0) };
  }

  seen(): Partial<Pick<ShareSeen, 'routes'>> {
    if (this.#present === undefined) return {};
    const { asked, found, missed, missedKnown, dropped, unanswered, refused, written } = this.counts;
    const misses = { missed, missed_known: missedKnown };
    return { routes: { asked, found, ...misses, dropped, unanswered, refused, written } };
  }

  configured(): void {
    const { share, cache, lines } = this.#parts.options();
    const site = share.routes ? this.#parts.site() : undefined;
    if (site !== this.#present?.site || cache.ttl_s !== this.#present?.ttl_s) {
      this.close();
      if (site !== undefined) this.#present = this.#open(site, cache.ttl_s);
    }
    if (this.#present === undefined) return;
    const ids = new LineIds(this.#present.site.secrets, lines);
    this.#present.writer.setLines({ lines: byNumber(lines), ids });
    this.#present.puller.setLines(ids);
  }

  #open(site: Site, ttl_s: number): Present {
    const { now, tellHints } = this.#parts;
    const writer = new RouteWriter(site, ttl_s, now);
    const slot = slotOf(site.gateway);
    const puller = new RoutePuller({
      ...{ site, now, counts: this.#pulled, tell: tellHints },
      found(destination, slots) {
        const own = slots[slot];
        if (own !== undefined) writer.found(destination, own.route.line, own.age_ms);
      },
    });
    // One that was away may have lost all.
    site.engine.onUp(() => writer.forget());
    return { site, ttl_s, writer, puller };
  }

  routesChanged(routes: readonly RouteState[], _lines: readonly LineEvent[]): void {
    this.#present?.writer.write(routes);
  }

  asked(actor: number, destinations: HintsAsked): void {
    this.#present?.puller.ask(actor, destinations);
  }

  close(): void {
    this.#written += this.#present?.writer.count ?? 0;
    this.#present?.puller.close();
    this.#present = undefined;
  }
}
