// Has a first contact begin with the line that works for neighbours: hosts of its site, or addresses of its network. What they tell
// is decided in protocol/routes/hints.ts.
import type { Target } from '../../../protocol/address/target.js';
import type { Preferences } from '../../../protocol/lines/preferences.js';
import type { PlanRules, RacePlan } from '../../../protocol/race/plan.js';
import type { LineView } from '../../../protocol/routes/destination-memory.js';
import type { Hint } from '../../../protocol/routes/hints.js';
import type { KnownNeighbours } from '../shared/replicas/known-neighbours.js';
import type { NamesReplica } from '../shared/replicas/names.js';
import type { RoutesReplica } from '../shared/replicas/routes.js';

/** The parts of the actor's context that a hint needs. */
export interface HintParts {
  readonly engine: { readonly now: number };
  readonly planRules: PlanRules;
  readonly names: Pick<NamesReplica, 'peek'>;
  readonly routes: Pick<RoutesReplica, 'ttl_ms'> & { readonly neighbours: Pick<KnownNeighbours, 'hint'> };
  /** Undefined where all lines are alike. */
  readonly preferences: Preferences | undefined;
}

/** Tells the plan. `lines`: those of the race. Returns the hint; undefined where neighbours tell nothing. */
export function takeHint(
  { engine, planRules, names, routes, preferences }: HintParts,
  target: Target,
  lines: LineView,
  plan: Pick<RacePlan, 'hint'>,
): Hint | undefined {
  const ip = target.ip ?? names.peek(target.asked);
  const rules = { margin_ms: planRules.margin_ms, ttl_ms: routes.ttl_ms };
  const hint = routes.neighbours.hint(target, ip, rules, engine.now, lines);
  if (hint === undefined) return undefined;
  const { line, alone_ms = 0, isNeeded } = hint;
  // Where lines are preferred, their tiers and costs say who waits for whom.
  if (preferences === undefined) plan.hint(line, engine.now + alone_ms, false);
  else plan.hint(line, engine.now, isNeeded && !preferences.isCheapest(line));
  return hint;
}
