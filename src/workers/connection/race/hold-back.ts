// What other gateways of the site speak against: at a first contact those lines and addresses wait a moment for the others. A lead, which
// this gateway has found itself, is never held back, and lines that are all spoken against are all alike.
import type { Target } from '../../../protocol/address/target.js';
import type { LineHealth } from '../../../protocol/lines/health/health.js';
import type { RacePlan } from '../../../protocol/race/plan.js';
import type { LineView } from '../../../protocol/routes/destination-memory.js';
import { ALONE_MAX_MS } from '../../../protocol/routes/hints.js';
import type { DialLine } from '../shared/dialling/dial-lines.js';
import type { BadAddresses } from '../shared/replicas/bad-addresses.js';
import type { ForeignHints } from '../shared/replicas/foreign-hints.js';

/** The parts of the actor's context that are needed to hold back candidates. */
export interface HoldBackParts {
  readonly engine: { readonly now: number };
  readonly lines: readonly DialLine[];
  readonly health: Pick<LineHealth, 'foreignDown'>;
  readonly badAddresses: Pick<BadAddresses, 'isTold'>;
  readonly foreignHints: Pick<ForeignHints, 'hasNews'>;
}

/** `race`: a first contact; `numbers`: of the lines that it may use. */
export function holdBack(
  { engine, lines, health, badAddresses, foreignHints }: HoldBackParts,
  race: Pick<LineView, 'mayUse'> & { readonly target: Target },
  numbers: readonly number[],
  plan: Pick<RacePlan, 'hold'>,
): void {
  if (!foreignHints.hasNews) return;
  const { now } = engine;
  const { host, ip: asked } = race.target;
  const down = numbers.filter((line) => health.foreignDown(line, now) !== undefined);
  const isAnyLeft = numbers.some((line) => !down.includes(line) && race.mayUse(line));
  plan.hold(now + ALONE_MAX_MS, ({ line, ip }) => {
    if (isAnyLeft && down.includes(line)) return true;
    return asked === undefined && lines[line].isDirect && badAddresses.isTold(ip, host);
  });
}
