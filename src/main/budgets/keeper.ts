// Adds up what lines have carried, looks which budgets are spent, and says so to the actors and in the log. It keeps what lines
// have carried in a file. The bytes are counted by the connection actors (workers/connection/carrying.ts). Without a budget
// nothing runs here.
import { readState, StateFile } from '../../files/state-file.js';
import { type BudgetState, budgetState, spentBudgets } from '../../protocol/budget/budget.js';
import { type Day, dayOf } from '../../protocol/budget/month.js';
import { type LineUse, parseUsage, USAGE_BEGIN, USAGE_OCTETS_MAX, Usage } from '../../protocol/budget/usage.js';
import type { LineEvent } from '../../protocol/lines/health/health.js';
import { identityOf } from '../../protocol/lines/numbers.js';
import type { Options } from '../../protocol/options.js';
import type { Carried } from '../../threads/shared/line-bytes.js';
import type { Logger } from '../process/log.js';
import type { Notices } from '../process/notices.js';
import { changesOf } from './changes.js';
import { type ShownBudget, shownBudgets } from './shown.js';

/** How often budgets are looked at. */
const LOOK_MS = 5000;
/** The file is written at every so many looks at most. */
const SAVE_LOOKS = 12;

type Budgeted = Pick<Options, 'lines' | 'budgets' | 'budget_state_file'>;

export interface BudgetParts {
  /** The bytes that a line has carried since the process began, by its number. */
  readonly carried: (line: number) => Carried;
  /** Tells the actors. */
  readonly tell: (events: readonly LineEvent[]) => void;
  readonly notices: Pick<Notices, 'tell'>;
  readonly log: Pick<Logger, 'warn'>;
  /** Whether this process may write a state file. */
  readonly mayWrite: (path: string | null) => boolean;
  readonly today?: () => Day;
}

export class BudgetKeeper {
  readonly #parts: BudgetParts;
  readonly #today: () => Day;
  #options: Budgeted;
  #usage = new Usage();
  /** Of all lines that there have been, by number: connections of one that is gone may go on. */
  readonly #identities = new Map<number, string>();
  /** The bytes of each line that have been added up, by number. */
  readonly #added = new Map<number, number>();
  #states: readonly BudgetState[] = [];
  #spent: ReadonlyMap<number, number> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #file: StateFile | undefined;
  #isChanged = false;
  /** The last write that was begun. */
  #writing: Promise<boolean> = Promise.resolve(true);
  #looks = 0;
  /** By identity, what has been carried since another process was told; undefined where none has been. */
  #untold: Map<string, number> | undefined;
  #pass: ((uses: readonly LineUse[]) => void) | undefined;

  /** `left`: what another process knew whose place this one takes; it is used in place of the file. */
  constructor(options: Budgeted, parts: BudgetParts, left?: string) {
    this.#parts = parts;
    this.#today = parts.today ?? today;
    this.#options = options;
    if (!this.#isOfUse) return;
    this.#begin(left);
  }

  get #isOfUse(): boolean {
    return this.#options.budgets.length > 0;
  }

  /** How much of each budget is used. */
  get states(): readonly BudgetState[] {
    return this.#states;
  }

  /** The same, as it is told. */
  get shown(): readonly ShownBudget[] {
    return shownBudgets(this.#states, this.#options.lines);
  }

  /** What an actor must hear that knows nothing of budgets yet. */
  get events(): readonly LineEvent[] {
    return [...this.#spent].map(([line, spent]) => ({ kind: 'budget', line, spent }));
  }

  /** What has been carried so far, for another process; undefined where nobody wants to know it. */
  toText(): string | undefined {
    if (!this.#isOfUse) return undefined;
    this.look();
    this.#untold = new Map();
    return this.#usage.toText();
  }

  /** Another process writes the file from now on. */
  retire(): void {
    this.#file = undefined;
  }

  /** Has `pass` hear, now and then, what lines have carried since `toText`. */
  passOn(pass: (uses: readonly LineUse[]) => void): void {
    this.#pass = pass;
  }

  #begin(left?: string): void {
    this.#isChanged = left !== undefined;
    const { lines, budget_state_file: path } = this.#options;
    const { log } = this.#parts;
    const text = left ?? (path === null ? undefined : readState(path, USAGE_OCTETS_MAX, (why) => log.warn(why)));
    const parsed = text === undefined || text === '' ? undefined : parseUsage(text);
    if (parsed?.kind === 'invalid') log.warn(`${path} is ignored: ${parsed.why}`);
    this.#usage = parsed?.kind === 'usage' ? parsed.usage : new Usage();
    for (const { number } of lines) this.#added.set(number, this.#carried(number));
    this.#open();
    this.#timer = setInterval(() => this.#due(), LOOK_MS).unref();
    this.look();
  }

  #open(): void {
    const { budget_state_file: path } = this.#options;
    const { mayWrite, log } = this.#parts;
    this.#file = path !== null && mayWrite(path) ? new StateFile(path, (why) => log.warn(why), USAGE_BEGIN) : undefined;
    for (const line of this.#options.lines) this.#identities.set(line.number, identityOf(line));
  }

  /** Another configuration is in force, and the actors know its lines. */
  async set(options: Budgeted): Promise<void> {
    const wasOfUse = this.#isOfUse;
    if (wasOfUse) this.look();
    const isOther = options.budget_state_file !== this.#options.budget_state_file;
    if (isOther) await this.save();
    this.#options = options;
    if (!this.#isOfUse) {
      clearInterval(this.#timer);
      await this.save();
      this.#compare([]);
      return;
    }
    if (wasOfUse) {
      this.#isChanged ||= isOther;
      this.#open();
      this.look();
    } else this.#begin();
  }

  #due(): void {
    this.look();
    this.#looks += 1;
    this.#tellUses();
    if (this.#looks % SAVE_LOOKS === 0) void this.save();
  }

  #carried(line: number): number {
    const { up, down } = this.#parts.carried(line);
    return up + down;
  }

  /** Takes what lines have carried since the last look. */
  look(): void {
    const day = this.#today();
    for (const [number, identity] of this.#identities) {
      const carried = this.#carried(number);
      const more = carried - (this.#added.get(number) ?? 0);
      if (more <= 0) continue;
      this.#added.set(number, carried);
      this.#used(identity, day, more);
    }
    this.#judge(day);
  }

  /** Another process has carried these. */
  add(uses: readonly LineUse[]): void {
    if (!this.#isOfUse) return;
    const day = this.#today();
    for (const { identity, bytes } of uses) this.#used(identity, day, bytes);
    this.#judge(day);
  }

  #used(identity: string, day: Day, bytes: number): void {
    this.#usage.add(identity, day, bytes);
    this.#untold?.set(identity, (this.#untold.get(identity) ?? 0) + bytes);
    this.#isChanged = true;
  }

  #tellUses(): void {
    if (this.#pass === undefined || this.#untold === undefined || this.#untold.size === 0) return;
    this.#pass([...this.#untold].map(([identity, bytes]) => ({ identity, bytes })));
    this.#untold = new Map();
  }

  #judge(day: Day): void {
    this.#compare(
      this.#options.budgets.map((budget) =>
        budgetState(budget, day, (line, month) => this.#usage.within(this.#identities.get(line) as string, month)),
      ),
    );
  }

  #compare(states: readonly BudgetState[]): void {
    // The process that goes on with the budgets says it.
    if (this.#pass === undefined)
      for (const notice of changesOf(this.#states, states)) this.#parts.notices.tell(notice);
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

  /** Writes the file, if something has changed. */
  async save(): Promise<void> {
    if (!this.#isChanged || this.#file === undefined) return;
    this.#isChanged = false;
    const text = this.#usage.toText();
    this.#writing = this.#file.write(() => [text]);
    // The next save tries again, even if nothing has changed by then.
    if (!(await this.#writing)) this.#isChanged = true;
  }

  /** The actors have ended: takes what they have carried to the end. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#isOfUse) this.look();
    this.#tellUses();
    await this.save();
    // One that was begun before it may still be under way.
    await this.#writing;
  }
}

export function today(): Day {
  const now = new Date();
  return dayOf(now.getFullYear(), now.getMonth() + 1, now.getDate());
}
