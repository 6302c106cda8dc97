// Has a first contact begin with the line that works for another gateway of the site. The share actor is asked where the race has to
// wait for a name anyway; what it says counts if it is there before the first dial. protocol/routes/foreign-hint.ts decides how much.
import type { Target } from '../../../protocol/address/target.js';
import type { LineHealth } from '../../../protocol/lines/health/health.js';
import type { Preferences } from '../../../protocol/lines/preferences.js';
import type { PlanRules, RacePlan } from '../../../protocol/race/plan.js';
import type { ToldHint } from '../../../protocol/race/record.js';
import type { LineView } from '../../../protocol/routes/destination-memory.js';
import { type Beginning, beginningOf } from '../../../protocol/routes/foreign-hint.js';
import { Counter } from '../../../threads/shared/counters.js';
import type { AgedHint, ForeignHints } from '../shared/replicas/foreign-hints.js';
import type { Candidates } from './candidates.js';
import type { KnownDestination } from './known/destination.js';
import { type HintParts, takeHint } from './take-hint.js';

/** The parts of the actor's context that the search for a foreign hint needs. */
export interface ForeignSearchParts {
  readonly engine: { readonly now: number };
  readonly planRules: PlanRules;
  readonly health: Pick<LineHealth, 'isDead'>;
  /** Undefined where all lines are alike. */
  readonly preferences: Preferences | undefined;
  readonly foreignHints: Pick<ForeignHints, 'isOn' | 'ask' | 'find' | 'missed' | 'measured'>;
  readonly counters: Float64Array;
}

/** What a race that may use these lines makes of a hint; undefined where this gateway knows better. */
export function beginningWith(
  { engine, planRules, health, preferences }: Omit<ForeignSearchParts, 'foreignHints' | 'counters'>,
  { hint }: AgedHint,
  lines: LineView,
): Beginning | undefined {
  const own = {
    mayUse: (line: number) => lines.mayUse(line),
    answersEarly: (line: number) => lines.answersEarly(line),
    isDead: (line: number) => health.isDead(line, engine.now),
    preferences,
  };
  return beginningOf(hint, own, planRules.margin_ms, engine.now);
}

type HintedPlan = Pick<RacePlan, 'hint' | 'hasWaiting' | 'isWaiting'>;

export type HintForParts = HintParts & ForeignSearchParts;

/** A first contact, and the lines that it may use. */
interface FirstContact extends LineView {
  readonly target: Target;
  readonly known: Pick<KnownDestination, 'key'>;
}

/**
 * Tells the plan what neighbours of the destination say. What other gateways say counts only where these say nothing, and is still to be
 * searched for then; undefined where it is not.
 */
export function hintFor(
  parts: HintForParts,
  race: FirstContact,
  plan: HintedPlan,
  candidates: Pick<Candidates, 'done' | 'isAwaited'>,
): ForeignSearch | undefined {
  const { key } = race.known;
  if (takeHint(parts, race.target, race, plan) !== undefined || !parts.foreignHints.isOn || key === undefined)
    return undefined;
  return new ForeignSearch(parts, key, race, plan, candidates);
}

export class ForeignSearch {
  /** With what the race has begun; undefined where no hint came in time. */
  told: ToldHint | undefined;
  readonly #parts: ForeignSearchParts;
  readonly #destination: string;
  readonly #lines: LineView;
  readonly #plan: HintedPlan;
  readonly #candidates: Pick<Candidates, 'done' | 'isAwaited'>;
  #isOver = false;

  /** `destination`: its key. `lines`: those of the race. */
  constructor(
    parts: ForeignSearchParts,
    destination: string,
    lines: LineView,
    plan: HintedPlan,
    candidates: Pick<Candidates, 'done' | 'isAwaited'>,
  ) {
    this.#parts = parts;
    this.#destination = destination;
    this.#lines = lines;
    this.#plan = plan;
    this.#candidates = candidates;
  }

  /** Something may be dialled now. */
  beforeDials(): void {
    if (this.#isOver || !this.#plan.hasWaiting) return;
    const { foreignHints, engine, counters } = this.#parts;
    const found = foreignHints.find(this.#destination, engine.now);
    if (found === undefined) return;
    this.#isOver = true;
    const beginning = beginningWith(this.#parts, found, this.#lines);
    if (beginning === undefined) return;
    const { line, until, passes, beside } = beginning;
    if (!this.#plan.isWaiting(line) && !this.#candidates.isAwaited(line)) return;
    this.#plan.hint(line, until, passes, beside);
    this.told = { line, from: found.hint.from, age_ms: found.age_ms };
    counters[Counter.hintsFirst] += 1;
  }

  /** What may be dialled has been. */
  afterDials(hasDialled: boolean): void {
    if (this.#isOver) return;
    const { foreignHints, engine } = this.#parts;
    if (hasDialled) {
      this.#isOver = true;
      foreignHints.missed(this.#destination);
    } else if (!this.#candidates.done || this.#plan.hasWaiting) {
      foreignHints.ask(this.#destination, engine.now);
    }
  }

  /** This gateway has seen something for itself: an attempt has connected, or the one that was told of has failed. */
  measured(): void {
    this.#parts.foreignHints.measured(this.#destination);
  }
}
