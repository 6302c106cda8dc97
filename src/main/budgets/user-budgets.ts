// What users have carried in the month, and who has spent what it may: says so in shared memory, which connection actors ask for
// each request, and in the log. The bytes are counted by the connection actors (workers/connection/carrying.ts). It has no clock,
// timer or file: see keeper.ts.
import { type Day, type Month, monthOf } from '../../protocol/budget/month.js';
import type { Usage, UserUse } from '../../protocol/budget/usage.js';
import { type UserBudgetState, userBudgets } from '../../protocol/budget/user-budget.js';
import type { Notice } from '../../protocol/notices/notice.js';
import type { Options } from '../../protocol/options.js';
import { byteCount } from '../../protocol/text/byte-count.js';
import type { KnownUser } from '../../protocol/users/user-entry.js';
import type { OwnUse } from '../../threads/contracts/share.js';
import type { UserTable } from '../../threads/shared/user-table.js';
import type { Notices } from '../process/notices.js';
import { type SiteUses, userBudget } from './site-uses.js';

/** Users of whom the site is told at a time, and those of them that have carried nothing since the last time. */
const OWN_MAX = 5000;
const IN_TURN = 200;

type Users = readonly Pick<KnownUser, 'name' | 'limits'>[];
type Limits = Pick<Options['limits'], 'user_bytes_max' | 'user_bytes_day'>;

export interface UserBudgetParts {
  readonly table: Pick<UserTable, 'slotOf' | 'carried' | 'setSpent'>;
  readonly notices: Pick<Notices, 'tell'>;
}

export class UserBudgets {
  readonly #parts: UserBudgetParts;
  #users: Users | undefined;
  #limits: Limits = { user_bytes_max: 0, user_bytes_day: 1 };
  /** What each user may carry, by name. */
  #budgets: ReadonlyMap<string, number> = new Map();
  /** Where each is counted, by name: also of users that have gone, whose connections may go on. */
  readonly #slots = new Map<string, number>();
  /** The bytes of each user that have been added up, by name. */
  readonly #added = new Map<string, number>();
  readonly #states = new Map<string, UserBudgetState>();
  /** Those whose state may have changed; undefined: all. */
  #due: Set<string> | undefined;
  #month: Month | undefined;
  /** Those that have carried something of which the site does not know. */
  #untold = new Set<string>();
  /** Where the next of all users stand that are told in turn. */
  #place = 0;

  constructor(parts: UserBudgetParts) {
    this.#parts = parts;
  }

  /** Whether somebody may carry only so much. */
  get areSet(): boolean {
    return this.#budgets.size > 0;
  }

  /** How much each user has used that has a limit, in no order. */
  get states(): readonly UserBudgetState[] {
    return [...this.#states.values()];
  }

  /** These users and limits hold from now on. */
  set(users: Users | undefined, limits: Limits): void {
    if (users === this.#users && limits === this.#limits) return;
    this.#users = users;
    this.#limits = limits;
    this.#budgets = userBudgets(users ?? [], limits);
    for (const user of this.#states.keys()) if (!this.#budgets.has(user)) this.#forget(user);
    this.#due = undefined;
    if (!this.areSet) return;
    for (const { name } of users ?? []) {
      const slot = this.#parts.table.slotOf(name);
      if (slot >= 0) this.#slots.set(name, slot);
    }
  }

  #forget(user: string): void {
    if (this.#states.get(user)?.isSpent) this.#parts.table.setSpent(user, false);
    this.#states.delete(user);
  }

  /** What users have carried so far counts for nothing. */
  skip(): void {
    for (const [user, slot] of this.#slots) this.#added.set(user, this.#parts.table.carried(slot));
  }

  /** What users have carried since the last time. */
  take(): readonly UserUse[] {
    const uses: UserUse[] = [];
    for (const [user, slot] of this.#slots) {
      const carried = this.#parts.table.carried(slot);
      const bytes = carried - (this.#added.get(user) ?? 0);
      if (bytes <= 0) continue;
      this.#added.set(user, carried);
      uses.push({ user, bytes });
    }
    return uses;
  }

  /** The month of users that this day is in. */
  monthAt(day: Day): Month {
    return monthOf(day, this.#limits.user_bytes_day);
  }

  /** This user has used more. */
  touch(user: string): void {
    this.#due?.add(user);
    this.#untold.add(user);
  }

  /** The site has told of this user. */
  heard(user: string): void {
    this.#due?.add(user);
  }

  /** The site has not heard of these. */
  unheard(users: readonly string[]): void {
    for (const user of users) this.#untold.add(user);
  }

  /** What is known of all has changed. */
  touchAll(): void {
    this.#due = undefined;
  }

  /** What users have used in this gateway: those that have carried something since the last time, and some of the others in turn. */
  own(usage: Usage, day: Day): readonly OwnUse[] {
    const { begins, ends } = this.monthAt(day);
    const users = [...this.#budgets.keys()];
    const next = users.slice(this.#place, this.#place + IN_TURN);
    this.#place = this.#place + IN_TURN < users.length ? this.#place + IN_TURN : 0;
    const wanted = [...this.#untold].filter((user) => this.#budgets.has(user));
    this.#untold = new Set(wanted.slice(OWN_MAX));
    return [...new Set([...wanted.slice(0, OWN_MAX), ...next])].flatMap((user) => {
      const bytes = usage.within(user, { begins, ends });
      return bytes > 0 ? [{ budget: userBudget(user), begins, bytes }] : [];
    });
  }

  /** `isSilent`: another process tells people of it. */
  judge(usage: Usage, day: Day, site: SiteUses, isSilent: boolean): void {
    const month = this.monthAt(day);
    const isNew = month.begins !== this.#month?.begins || month.ends !== this.#month.ends;
    const due = isNew || this.#due === undefined ? this.#budgets.keys() : this.#due;
    this.#month = month;
    for (const user of due) {
      const bytes = this.#budgets.get(user);
      if (bytes === undefined) continue;
      const own = { bytes, used: usage.within(user, month), ...month };
      this.#judge({ user, ...own, ...site.used(userBudget(user), own) }, isSilent);
    }
    this.#due = new Set();
  }

  #judge(use: UserBudgetState, isSilent: boolean): void {
    const { user, isSpent } = use;
    const wasSpent = this.#states.get(user)?.isSpent ?? false;
    this.#states.set(user, use);
    if (isSpent === wasSpent) return;
    this.#parts.table.setSpent(user, isSpent);
    if (isSpent && !isSilent) this.#parts.notices.tell(spentNotice(use));
  }
}

function spentNotice({ user, bytes, used, begins, ends }: Omit<UserBudgetState, 'isSpent'>): Notice {
  const use = `${byteCount(used)} of ${byteCount(bytes)} since ${begins}`;
  return {
    ...{ topic: `bytes of user ${user}`, crowd: 'bytes of users', level: 'warn' },
    message: `user ${JSON.stringify(user)} has carried what it may (${use}): its new connections are refused until ${ends}`,
    fields: { user, used, of: bytes, since: begins, until: ends },
  };
}
