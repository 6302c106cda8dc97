// What the other gateways of the site have used of budgets, as the share actor tells it, and what follows from it. Where limits are
// not those of a site, budgets are what this gateway has used.
import { isSpentAtSite, type SiteKnown } from '../../protocol/share/quota/site-budget.js';
import type { ShareOptions } from '../../protocol/share-options.js';
import type { OthersUse, OwnUse } from '../../threads/contracts/share.js';
import { type LeaseRules, leaseRulesOf } from '../../threads/shared/site-leases.js';

/** The engine is lost when it has not answered for this long. */
const LOST_MS = 60_000;
/** Budgets that are known at a time; that which was told the longest time ago is forgotten. */
const KNOWN_MAX = 65_536;

export type Shared = ShareOptions;
export type SiteQuestion = (own: readonly OwnUse[]) => Promise<readonly OthersUse[] | undefined>;

const USER = 'user ';

/** The name of a budget in the site. Lines of two gateways share it if it has the same name in both. */
export const lineBudget = ({ name }: { readonly name: string }): string => `lines ${name}`;
export const userBudget = (user: string): string => `${USER}${user}`;
/** Undefined for a budget of lines. */
export const userOf = (budget: string): string | undefined =>
  budget.startsWith(USER) ? budget.slice(USER.length) : undefined;

interface OwnState {
  readonly used: number;
  readonly bytes: number;
  readonly begins: string;
}

interface Known extends SiteKnown {
  /** The first day of the month: what was used in another one counts no more. */
  readonly begins: string;
}

export class SiteUses {
  readonly #ask: SiteQuestion;
  readonly #now: () => number;
  #rules: LeaseRules | undefined;
  readonly #known = new Map<string, Known>();
  #answered = 0;
  #wasLost = false;
  #isAsking = false;

  constructor(ask: SiteQuestion, now: () => number) {
    this.#ask = ask;
    this.#now = now;
  }

  set(share: Shared): void {
    const before = this.#rules;
    this.#rules = leaseRulesOf(share);
    if (this.#rules === undefined) this.#known.clear();
    // The first answer is on its way.
    else if (before === undefined) this.#answered = this.#now();
  }

  /** Whether budgets are those of a site. */
  get isWanted(): boolean {
    return this.#rules !== undefined && !this.#isAsking;
  }

  get #isLost(): boolean {
    return this.#rules !== undefined && this.#now() - this.#answered > LOST_MS;
  }

  /** Whether the engine has been lost, or is there again, since the last time. */
  turnsLost(): boolean {
    const was = this.#wasLost;
    this.#wasLost = this.#isLost;
    return was !== this.#wasLost;
  }

  /** Of a budget of which this gateway has used so much: what is used in the whole site, and whether it is spent. */
  used(budget: string, { used, bytes, begins }: OwnState): { readonly used: number; readonly isSpent: boolean } {
    if (this.#rules === undefined) return { used, isSpent: used >= bytes };
    const told = this.#known.get(budget);
    const known = told?.begins === begins ? told : undefined;
    const isSpent = isSpentAtSite({ own: used, limit: bytes }, known, { ...this.#rules, isLost: this.#isLost });
    return { used: used + (known?.others ?? 0), isSpent };
  }

  /** Never rejects. Gives the budgets of which something is known now; undefined where the site has not answered. */
  async ask(own: readonly OwnUse[]): Promise<readonly string[] | undefined> {
    this.#isAsking = true;
    const told = await this.#ask(own);
    this.#isAsking = false;
    if (told === undefined || this.#rules === undefined) return undefined;
    this.#answered = this.#now();
    const asked = new Map(own.map((one) => [one.budget, one]));
    for (const { budget, bytes: others } of told) {
      const mine = asked.get(budget);
      if (mine === undefined) continue;
      this.#known.delete(budget);
      this.#known.set(budget, { own: mine.bytes, others, begins: mine.begins });
      if (this.#known.size > KNOWN_MAX) this.#known.delete(this.#known.keys().next().value as string);
    }
    return told.map(({ budget }) => budget);
  }
}
