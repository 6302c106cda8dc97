// Adds up what lines and users have carried, and looks every few seconds which budgets are spent. It keeps what they have
// carried in a file. Where no line and no user has a budget nothing runs here.
import { readState, StateFile } from '../../files/state-file.js';
import type { BudgetState } from '../../protocol/budget/budget.js';
import { type Day, dayOf } from '../../protocol/budget/month.js';
import {
  type KnownUsage,
  noUsage,
  parseUsage,
  USAGE_BEGIN,
  USAGE_OCTETS_MAX,
  type Uses,
  usageText,
} from '../../protocol/budget/usage.js';
import type { LineEvent } from '../../protocol/lines/health/health.js';
import type { Options } from '../../protocol/options.js';
import type { KnownUser } from '../../protocol/users/user-entry.js';
import type { AllBudgets } from '../../threads/contracts/admin/gateway.js';
import type { Logger } from '../process/log.js';
import { type LineBudgetParts, LineBudgets } from './line-budgets.js';
import { allBudgets, type ShownBudget, shownBudgets } from './shown.js';
import { lineBudget, type Shared, type SiteQuestion, SiteUses, userOf } from './site-uses.js';
import { Untold } from './untold.js';
import { type UserBudgetParts, UserBudgets } from './user-budgets.js';

/** How often budgets are looked at. */
const LOOK_MS = 5000;
/** The file is written at every so many looks at most. */
const SAVE_LOOKS = 12;

interface Budgeted extends Pick<Options, 'lines' | 'budgets' | 'budget_state_file'> {
  readonly limits: Pick<Options['limits'], 'user_bytes_max' | 'user_bytes_day'>;
  readonly share: Shared;
}

export interface BudgetParts extends LineBudgetParts, UserBudgetParts {
  readonly log: Pick<Logger, 'warn'>;
  /** Whether this process may write a state file. */
  readonly mayWrite: (path: string | null) => boolean;
  /** Those in force; undefined where none are configured. */
  readonly users: () => readonly Pick<KnownUser, 'name' | 'limits'>[] | undefined;
  /** Undefined where the site does not answer. */
  readonly askSite: SiteQuestion;
  readonly today?: () => Day;
  /** In ms, monotonic. */
  readonly now?: () => number;
}

export class BudgetKeeper {
  readonly #parts: BudgetParts;
  readonly #today: () => Day;
  readonly #lines: LineBudgets;
  readonly #users: UserBudgets;
  readonly #site: SiteUses;
  #options: Budgeted;
  #usage: KnownUsage = noUsage();
  /** What another process knew whose place this one takes; it is used in place of the file. */
  #left: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #file: StateFile | undefined;
  #isChanged = false;
  /** The last write that was begun. */
  #writing: Promise<boolean> = Promise.resolve(true);
  #looks = 0;
  /** What has been carried since another process was told; undefined where none has been. */
  #untold: Untold | undefined;
  #pass: ((uses: Uses) => void) | undefined;

  /** `left`: what another process knew whose place this one takes; it is used in place of the file. */
  constructor(options: Budgeted, parts: BudgetParts, left?: string) {
    this.#parts = parts;
    this.#today = parts.today ?? today;
    this.#options = options;
    this.#left = left;
    this.#lines = new LineBudgets(parts);
    this.#users = new UserBudgets(parts);
    this.#site = new SiteUses(parts.askSite, parts.now ?? (() => performance.now()));
    this.#follow();
    if (this.#isOfUse) this.#begin();
  }

  get #isOfUse(): boolean {
    return this.#options.budgets.length > 0 || this.#users.areSet;
  }

  /** How much of each budget of lines is used. */
  get states(): readonly BudgetState[] {
    return this.#lines.states;
  }

  /** Those of lines and users. `user`: undefined for all, of which at most `users_max` are told. */
  all(user: string | undefined, users_max: number): AllBudgets {
    return allBudgets(this.shown, this.#users.states, { user, most: users_max });
  }

  /** The budgets of lines, as they are told. */
  get shown(): readonly ShownBudget[] {
    return shownBudgets(this.states, this.#options.lines);
  }

  /** What an actor must hear that knows nothing of budgets yet. */
  get events(): readonly LineEvent[] {
    return this.#lines.events;
  }

  /** What has been carried so far, for another process; undefined where nobody wants to know it. */
  toText(): string | undefined {
    if (!this.#isOfUse) return undefined;
    this.look();
    this.#untold = new Untold();
    return usageText(this.#usage);
  }

  /** Another process writes the file from now on. */
  retire(): void {
    this.#file = undefined;
  }

  /** Has `pass` hear, now and then, what has been carried since `toText`. */
  passOn(pass: (uses: Uses) => void): void {
    this.#pass = pass;
  }

  #follow(): void {
    this.#lines.set(this.#options);
    this.#users.set(this.#parts.users(), this.#options.limits);
    this.#site.set(this.#options.share);
    this.#users.touchAll();
  }

  #begin(): void {
    this.#isChanged = this.#left !== undefined;
    this.#usage = this.#known() ?? noUsage();
    this.#left = undefined;
    this.#lines.skip();
    this.#users.skip();
    this.#open();
    this.#timer = setInterval(() => this.#due(), LOOK_MS).unref();
    this.look();
    void this.#askSite();
  }

  /** What the other process or the file tells; undefined where neither does. */
  #known(): KnownUsage | undefined {
    const { budget_state_file: path } = this.#options;
    const { log } = this.#parts;
    const ofFile = () => (path === null ? undefined : readState(path, USAGE_OCTETS_MAX, (why) => log.warn(why)));
    const text = this.#left ?? ofFile();
    const parsed = text === undefined || text === '' ? undefined : parseUsage(text);
    if (parsed?.kind === 'invalid') log.warn(`${path} is ignored: ${parsed.why}`);
    return parsed?.kind === 'usage' ? parsed.usage : undefined;
  }

  #open(): void {
    const { budget_state_file: path } = this.#options;
    const { mayWrite, log } = this.#parts;
    this.#file = path !== null && mayWrite(path) ? new StateFile(path, (why) => log.warn(why), USAGE_BEGIN) : undefined;
  }

  /** Another configuration is in force, and the actors know its lines. */
  async set(options: Budgeted): Promise<void> {
    const wasOfUse = this.#isOfUse;
    if (wasOfUse) this.look();
    const isOther = options.budget_state_file !== this.#options.budget_state_file;
    if (isOther) await this.save();
    this.#options = options;
    this.#follow();
    await this.#goOn(wasOfUse, isOther);
  }

  /** Other users are in force. */
  async usersChanged(): Promise<void> {
    const wasOfUse = this.#isOfUse;
    this.#follow();
    await this.#goOn(wasOfUse, false);
  }

  async #goOn(wasOfUse: boolean, isOtherFile: boolean): Promise<void> {
    if (!this.#isOfUse) {
      clearInterval(this.#timer);
      await this.save();
      this.#lines.clear();
      return;
    }
    if (wasOfUse) {
      this.#isChanged ||= isOtherFile;
      this.#open();
      this.look();
    } else this.#begin();
  }

  #due(): void {
    this.look();
    this.#looks += 1;
    this.#tellUses();
    void this.#askSite();
    if (this.#looks % SAVE_LOOKS === 0) void this.save();
  }

  /** Takes what has been carried since the last look. */
  look(): void {
    this.#used({ lines: this.#lines.take(), users: this.#users.take() });
  }

  /** Another process has carried these. */
  add(uses: Uses): void {
    if (this.#isOfUse) this.#used(uses);
  }

  #used(uses: Uses): void {
    const day = this.#today();
    const { begins } = this.#users.monthAt(day);
    for (const { identity, bytes } of uses.lines) this.#usage.lines.add(identity, day, bytes);
    for (const { user, bytes } of uses.users) {
      this.#usage.users.add(user, begins, bytes);
      this.#users.touch(user);
    }
    this.#untold?.add(uses);
    this.#isChanged ||= uses.lines.length + uses.users.length > 0;
    // The process that goes on with the budgets tells people.
    const isSilent = this.#pass !== undefined;
    if (this.#site.turnsLost()) this.#users.touchAll();
    this.#lines.judge(this.#usage.lines, day, this.#site, isSilent);
    this.#users.judge(this.#usage.users, day, this.#site, isSilent);
  }

  /** Tells the site what this gateway has used, and takes what the others have. */
  async #askSite(): Promise<void> {
    if (this.#pass !== undefined || !this.#isOfUse || !this.#site.isWanted) return;
    const day = this.#today();
    const { lines, users } = this.#usage;
    const ofLines = this.#lines.own(lines, day).map((own) => {
      return { budget: lineBudget(own), begins: own.begins, bytes: own.used };
    });
    const ofUsers = this.#users.own(users, day);
    const told = await this.#site.ask([...ofLines, ...ofUsers]);
    const names = (budgets: readonly string[]): readonly string[] => budgets.flatMap((budget) => userOf(budget) ?? []);
    if (told === undefined) this.#users.unheard(names(ofUsers.map(({ budget }) => budget)));
    else for (const user of names(told)) this.#users.heard(user);
    this.look();
  }

  #tellUses(): void {
    const uses = this.#pass === undefined ? undefined : this.#untold?.take();
    if (uses !== undefined) this.#pass?.(uses);
  }

  /** Writes the file, if something has changed. */
  async save(): Promise<void> {
    if (!this.#isChanged || this.#file === undefined) return;
    this.#isChanged = false;
    const text = usageText(this.#usage);
    this.#writing = this.#file.write(() => [text]);
    // The next save tries again, even if nothing has changed by then.
    if (!(await this.#writing)) this.#isChanged = true;
  }

  /** The actors have ended: takes what they have carried to the end. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#isOfUse) this.look();
    this.#tellUses();
    await Promise.all([this.save(), this.#askSite()]);
    // One that was begun before it may still be under way.
    await this.#writing;
  }
}

export function today(): Day {
  const now = new Date();
  return dayOf(now.getFullYear(), now.getMonth() + 1, now.getDate());
}
