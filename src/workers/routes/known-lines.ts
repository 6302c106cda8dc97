// What the route actor knows of the lines: their health by all events and links, and the views of them by which destinations are
// judged.
import { type LineEvent, LineHealth } from '../../protocol/lines/health/health.js';
import type { LineFailure } from '../../protocol/lines/health/line-failure.js';
import { preferencesOf } from '../../protocol/lines/health/present-preferences.js';
import { tableLength } from '../../protocol/lines/numbers.js';
import type { Options } from '../../protocol/options.js';
import type { LineView } from '../../protocol/routes/destination-memory.js';
import { type LineLink, linkEvent } from '../../protocol/uplinks/line-link.js';
import type { LineNow } from '../../threads/contracts/admin/routes.js';

export type LineOptions = Pick<Options, 'lines' | 'budgets'>;

export class KnownLines {
  readonly health: LineHealth;
  #all: Options['lines'] = [];
  #end = 0;
  /** By the number of the line. */
  readonly #links: (LineLink | undefined)[] = [];
  /** Why its proxy failed last, by the number of the line; undefined since it was reached. */
  readonly #why: (LineFailure | undefined)[] = [];
  #view: LineView = {
    mayUse: () => true,
    answersEarly: (line) => this.health.answersEarly(line, performance.now()),
    outage: (line) => this.health.outage(line),
  };
  /** For memories of sticky rules: the actors have left a line that is down, and do not come back. */
  #stickyView: LineView = { ...this.#view, mayUse: (line) => !this.health.isDown(line) };

  constructor(options: LineOptions) {
    this.health = new LineHealth(tableLength(options.lines));
    this.set(options);
  }

  /** Lines have been added or removed. */
  set({ lines, budgets }: LineOptions): void {
    this.#all = lines;
    this.#end = Math.max(this.#end, tableLength(lines));
    this.health.grow(this.#end);
    const preferences = preferencesOf({ lines, budgets }, this.health);
    this.#view = { ...this.#view, preferences };
    this.#stickyView = { ...this.#stickyView, preferences };
  }

  /** Of the configuration. */
  get all(): Options['lines'] {
    return this.#all;
  }

  /** Greater than all numbers of lines, also of those that are gone. */
  get end(): number {
    return this.#end;
  }

  /** How a destination sees the lines. */
  view(isSticky: boolean): LineView {
    return isSticky ? this.#stickyView : this.#view;
  }

  /** The state of all links. */
  setLinks(links: readonly LineLink[]): void {
    // Those of lines that come with the next configuration are told again behind it.
    for (const link of links.filter(({ line }) => line < this.#end)) {
      const event = linkEvent(this.#links[link.line], link);
      this.#links[link.line] = link;
      if (event !== undefined) this.health.apply(event, performance.now());
    }
  }

  /** Whether the line is down after the event; undefined for a line that does not exist. */
  learn(event: LineEvent): boolean | undefined {
    if (event.line >= this.#end) return undefined;
    if (event.kind === 'proxy-failed') this.#why[event.line] = event.why;
    else if (event.kind === 'proxy-reached' || event.kind === 'proxy-moved') this.#why[event.line] = undefined;
    this.health.apply(event, performance.now());
    return this.health.isDown(event.line);
  }

  /** What a new connection actor must know of lines: those that answer early, and those with a spent budget. */
  known(): LineEvent[] {
    return this.#all.flatMap(({ number: line }): LineEvent[] => {
      const spent = this.health.spentBudgets(line);
      return [
        ...(this.#view.answersEarly(line) ? [{ kind: 'early', line, early: true } as const] : []),
        ...(spent > 0 ? [{ kind: 'budget', line, spent } as const] : []),
      ];
    });
  }

  /** How all lines are now, for people. */
  now(): readonly LineNow[] {
    const now = performance.now();
    const { health } = this;
    return this.#all.map(({ number: line, name, tier }) => {
      const circuit = health.circuit(line, now);
      const why = this.#why[line];
      const link = this.#links[line];
      return {
        ...{ line, name, tier: this.#view.preferences?.tierOf(line) ?? tier },
        ...(circuit && { circuit: { ...circuit, ...(why && { why }) } }),
        ...(link && { link: { at: link.at, fault: link.fault } }),
        answers_early: health.answersEarly(line, now),
        is_dead: health.isDead(line, now),
        is_doubted: health.isDoubted(line, now),
        spent_budgets: health.spentBudgets(line),
      };
    });
  }
}
