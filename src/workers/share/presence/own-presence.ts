// What this gateway says of itself: its counts, which its actors write in shared memory, and how many of its lines are up.
import { type LineEvent, LineHealth } from '../../../protocol/lines/health/health.js';
import { tableLength } from '../../../protocol/lines/numbers.js';
import type { RouteState } from '../../../protocol/routes/state.js';
import { countsOf, type Presence, type PresenceCount } from '../../../protocol/share/presence.js';
import { Counter, type Counters } from '../../../threads/shared/counters.js';
import type { Room, ShareParts } from '../shared/room.js';

export interface OwnPresenceParts extends Pick<ShareParts, 'options' | 'now'> {
  readonly version: string;
  readonly counters: Counters;
  /** What the rooms of the share actor have counted. */
  readonly counts: () => Partial<Record<PresenceCount, number>>;
}

export class OwnPresence implements Room {
  readonly #parts: OwnPresenceParts;
  readonly #health = new LineHealth(0);

  constructor(parts: OwnPresenceParts) {
    this.#parts = parts;
    this.configured();
  }

  configured(): void {
    this.#health.grow(tableLength(this.#parts.options().lines));
  }

  routesChanged(_routes: readonly RouteState[], lines: readonly LineEvent[]): void {
    for (const event of lines) {
      // It may come before the configuration that has the line.
      this.#health.grow(event.line + 1);
      this.#health.apply(event, this.#parts.now());
    }
  }

  now(): Omit<Presence, 'gateway'> {
    const { options, counters, counts, version, now } = this.#parts;
    const { lines } = options();
    const isUp = (line: number): boolean => !this.#health.isDown(line) && !this.#health.isDead(line, now());
    const opened = counters.sum(Counter.opened);
    const ofActors = { connections: opened, first_contacts: counters.sum(Counter.firstContacts) };
    const hints = {
      ...{ hints_asked: counters.sum(Counter.hintsAsked), hints_told: counters.sum(Counter.hintsTold) },
      hints_useful: counters.sum(Counter.hintsUseful),
    };
    const all = { ...ofActors, ...hints, ...counts() };
    return {
      ...{ version, uptime_s: Math.floor(process.uptime()) },
      open: Math.max(0, opened - counters.sum(Counter.closed)),
      ...{ lines: lines.length, lines_up: lines.filter(({ number }) => isUp(number)).length },
      counts: countsOf((name) => all[name] ?? 0),
    };
  }
}
