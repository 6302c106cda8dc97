// Lines whose state has changed since the last time.
import { isDeepStrictEqual } from 'node:util';
import type { LinesNow } from '../../../threads/contracts/admin/routes.js';
import { within } from '../../../threads/within.js';
import { healthOf, type LineHealthWord } from '../shared/line-health.js';
import type { AdminParts } from '../shared/parts.js';

const ASK_MS = 500;

export interface LineNews {
  readonly line: string;
  readonly health: LineHealthWord;
  readonly doubted: boolean;
  readonly answers_early: boolean;
  readonly paused: boolean;
  readonly pinned: boolean;
  /** With what spent budgets add to it. */
  readonly tier: number;
}

export class LineWatch {
  readonly #parts: Pick<AdminParts, 'routes'>;
  #known = new Map<string, LineNews>();

  constructor(parts: Pick<AdminParts, 'routes'>) {
    this.#parts = parts;
  }

  /** All, in the order of the configuration; none where the route actor does not answer. */
  async all(): Promise<readonly LineNews[]> {
    const asked = this.#parts.routes()?.lines();
    const answer = asked && (await within<LinesNow>(ASK_MS, asked));
    if (answer?.code !== 'answered') return [];
    const { lines, steering } = answer.value;
    return lines.map((line) => ({
      line: line.name,
      health: healthOf(line),
      doubted: line.is_doubted,
      answers_early: line.answers_early,
      paused: steering.paused.includes(line.line),
      pinned: steering.pinned === line.line,
      tier: line.tier,
    }));
  }

  /** Those that have changed, or are new. */
  async changed(): Promise<readonly LineNews[]> {
    const all = await this.all();
    if (all.length === 0) return [];
    const before = this.#known;
    this.#known = new Map(all.map((line) => [line.line, line]));
    return all.filter((line) => !isDeepStrictEqual(before.get(line.line), line));
  }
}
