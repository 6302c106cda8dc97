// What a connection actor tells of connections, or of flows, that have opened and ended since somebody asked last. Types only.
import type { OwnId } from './found.js';

/** How far somebody has heard: numbers since the actor's start. */
export interface NewsCursor {
  readonly opened: number;
  readonly ended: number;
}

/** What has opened or ended, the oldest first, spread over the time; how many that were in all. */
export interface NewsOf<One> {
  readonly count: number;
  readonly some: readonly NewsItem<One>[];
}

export interface NewsItem<One> {
  readonly id: OwnId;
  readonly one: One;
}

export interface News<One> {
  readonly cursor: NewsCursor;
  /** As they are now: some may have ended, and are in both lists. */
  readonly opened: NewsOf<One>;
  readonly ended: NewsOf<One>;
}
