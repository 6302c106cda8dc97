// Follows the links of lines: hears from the kernel of what may have changed, looks at what is so now, and tells of links that have
// changed. What follows from a look is decided in protocol/uplinks. Where no line has a link it has no socket.

import type { Engine } from '../../linux/engine/engine.js';
import { errorName } from '../../linux/error-name.js';
import { look } from '../../linux/netlink/look.js';
import { NetworkWatch } from '../../linux/netlink/watch.js';
import type { Line } from '../../protocol/lines/line.js';
import type { LineLink } from '../../protocol/uplinks/line-link.js';
import { LineLinks } from '../../protocol/uplinks/line-links.js';
import type { Logger } from '../process/log.js';
import { canBind } from '../process/machine.js';

/** The first change is looked at at once, those behind it together. */
const LOOK_EVERY_MS = 100;
/** Looking takes at most this part of the time: a machine may have thousands of addresses. */
const SHARE = 1 / 20;

export interface LinkWatchParts {
  readonly engine: Pick<Engine, 'watch'>;
  readonly log: Pick<Logger, 'warn'>;
  readonly changed: (links: readonly LineLink[]) => void;
  /** Called when a timer has been set. */
  readonly timed: () => void;
}

export class LinkWatch {
  readonly #parts: LinkWatchParts;
  readonly #links = new LineLinks();
  /** Those that are followed, and others that have no link. */
  lines: readonly Line[] = [];
  #watch: NetworkWatch | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When the next look may be. */
  #due = Number.NEGATIVE_INFINITY;
  #isBlind = false;

  constructor(parts: LinkWatchParts) {
    this.#parts = parts;
  }

  /** Follows the links of these lines from now on, and returns their states. */
  follow(lines: readonly Line[]): readonly LineLink[] {
    this.lines = lines;
    this.#links.setLines(lines);
    const links = !this.#links.isEmpty;
    if (links || this.#watch !== undefined) this.#subscribe({ links, ...this.#links.families });
    // Only after that, so that no change is missed in between.
    if (links) this.#look();
    return this.#links.links;
  }

  #subscribe(groups: { links: boolean; ipv4: boolean; ipv6: boolean }): void {
    const watch = this.#watch ?? NetworkWatch.open();
    const result = typeof watch === 'number' ? watch : watch.follow(groups);
    if (typeof watch !== 'number' && this.#watch === undefined) {
      this.#watch = watch;
      this.#parts.engine.watch(watch.fd, () => this.#hear());
    }
    if (result < 0) this.#cannot('be followed', result);
  }

  /** Says so once: lines are then judged by their attempts alone. */
  #cannot(what: string, result: number): void {
    if (this.#isBlind) return;
    this.#isBlind = true;
    this.#parts.log.warn({ error: errorName(result) }, `the links of lines cannot ${what}`);
  }

  #hear(): void {
    let isDue = false;
    const told = this.#watch?.read((change) => {
      if (this.#links.concerns(change)) isDue = true;
    });
    if (typeof told === 'number') this.#cannot('be followed', told);
    if (told === 'lost' || typeof told === 'number') this.#links.lost();
    if (isDue || told !== 'all') this.#lookSoon(told === 'more');
  }

  #lookSoon(hasMore: boolean): void {
    if (this.#timer !== undefined) return;
    const now = performance.now();
    if (now >= this.#due && !hasMore) {
      this.#lookAndTell();
      return;
    }
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        if (hasMore) this.#hear();
        this.#lookAndTell();
      },
      Math.max(this.#due - now, hasMore ? LOOK_EVERY_MS : 1),
    );
    this.#parts.timed();
  }

  #lookAndTell(): void {
    if (this.#look()) this.#parts.changed(this.#links.links);
  }

  /** Returns whether links have changed. */
  #look(): boolean {
    const begun = performance.now();
    const { names, ips } = this.#links.wanted;
    const seen = look(names, ips);
    const now = performance.now();
    this.#due = now + Math.max(LOOK_EVERY_MS, (now - begun) / SHARE);
    if (typeof seen === 'number') {
      this.#cannot('be seen', seen);
      this.#links.unknown();
      return true;
    }
    return this.#links.look(seen, canBind, now);
  }

  /** To be called when the engine is gone, which watches its socket. */
  close(): void {
    clearTimeout(this.#timer);
    this.#watch?.close();
  }
}
