// What lines have carried, and which of their budgets are spent: says so to the actors and in the log. The bytes are counted by
// the connection actors (workers/connection/carrying.ts). It has no clock, timer or file: see keeper.ts.
import { type BudgetState, budgetState, spentBudgets } from '../../protocol/budget/budget.js';
import type { Day } from '../../protocol/budget/month.js';
import type { LineUse, Usage } from '../../protocol/budget/usage.js';
import type { LineEvent } from '../../protocol/lines/health/health.js';
import { identityOf } from '../../protocol/lines/numbers.js';
import type { Options } from '../../protocol/options.js';
import type { Carried } from '../../threads/shared/line-bytes.js';
import type { Notices } from '../process/notices.js';
import { changesOf } from './changes.js';
import { lineBudget, type SiteUses } from './site-uses.js';

type Budgeted = Pick<Options, 'lines' | 'budgets'>;

export interface LineBudgetParts {
  /** The bytes that a line has carried since the process began, by its number. */
  readonly carried: (line: number) => Carried;
  /** Tells the actors. */
  readonly tell: (events: readonly LineEvent[]) => void;
  readonly notices: Pick<Notices, 'tell'>;
}

export class LineBudgets {
  readonly #parts: LineBudgetParts;
  #options: Budgeted = { lines: [], budgets: [] };
  /** Of all lines that there have been, by number: connections of one that is gone may go on. */
  readonly #identities = new Map<number, string>();
  /** The bytes of each line that have been added up, by number. */
  readonly #added = new Map<number, number>();
  #states: readonly BudgetState[] = [];
  #spent: ReadonlyMap<number, number> = new Map();

  constructor(parts: LineBudgetParts) {
    this.#parts = parts;
  }

  /** How much of each budget is used. */
  get states(): readonly BudgetState[] {
    return this.#states;
  }

  /** What an actor must hear that knows nothing of budgets yet. */
  get events(): readonly LineEvent[] {
    return [...this.#spent].map(([line, spent]) => ({ kind: 'budget', line, spent }));
  }

  /** These lines and budgets hold from now on. */
  set(options: Budgeted): void {
    this.#options = options;
    for (const line of options.lines) this.#identities.set(line.number, identityOf(line));
  }

  /** What lines have carried so far counts for nothing. */
  skip(): void {
    for (const number of this.#identities.keys()) this.#added.set(number, this.#carried(number));
  }

  #carried(line: number): number {
    const { up, down } = this.#parts.carried(line);
    return up + down;
  }

  /** What lines have carried since the last time. */
  take(): readonly LineUse[] {
    const uses: LineUse[] = [];
    for (const [number, identity] of this.#identities) {
      const carried = this.#carried(number);
      const bytes = carried - (this.#added.get(number) ?? 0);
      if (bytes <= 0) continue;
      this.#added.set(number, carried);
      uses.push({ identity, bytes });
    }
    return uses;
  }

  /** What is used of each budget in this gateway. */
  own(usage: Usage, day: Day): readonly BudgetState[] {
    return this.#options.budgets.map((budget) =>
      budgetState(budget, day, (line, month) => usage.within(this.#identities.get(line) as string, month)),
    );
  }

  /** `isSilent`: another process tells people of it. */
  judge(usage: Usage, day: Day, site: SiteUses, isSilent: boolean): void {
    const states = this.own(usage, day).map((own) => ({ ...own, ...site.used(lineBudget(own), own) }));
    this.#compare(states, isSilent);
  }

  /** There are no budgets any more. */
  clear(): void {
    this.#compare([], false);
  }

  #compare(states: readonly BudgetState[], isSilent: boolean): void {
    if (!isSilent) for (const notice of changesOf(this.#states, states)) this.#parts.notices.tell(notice);
    const spent = spentBudgets(states);
    const lines = new Set([...this.#spent.keys(), ...spent.keys()]);
    const events = [...lines].flatMap((line): LineEvent[] => {
      const now = spent.get(line) ?? 0;
      return now === (this.#spent.get(line) ?? 0) ? [] : [{ kind: 'budget', line, spent: now }];
    });
    this.#states = states;
    this.#spent = spent;
    if (events.length > 0) this.#parts.tell(events);
  }
}
