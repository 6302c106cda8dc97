// Whether the gateway can serve clients, by what main and the route actor say. Pure.
import type { GatewayHealth } from '../../../threads/contracts/admin/gateway.js';
import type { LineNow, LinesNow } from '../../../threads/contracts/admin/routes.js';
import type { Within } from '../../../threads/within.js';

export interface Readiness {
  readonly isReady: boolean;
  /** Sentences; none where it is ready. */
  readonly problems: readonly string[];
}

/** `lines`: undefined while the route actor is started again. */
export function readinessOf(gateway: Within<GatewayHealth>, lines: Within<LinesNow> | undefined): Readiness {
  if (gateway.code !== 'answered') return notReady(['the main thread did not answer in time']);
  const { isDraining, listensOn, notServing } = gateway.value;
  // Said first and alone: what follows is on its way out.
  if (isDraining) return notReady(['it drains: no new connections, those open may finish']);
  const problems = [
    ...(listensOn.length === 0 ? ['it listens nowhere'] : []),
    ...notServing.map((name) => `${name} does not serve`),
    ...lineProblems(lines),
  ];
  return { isReady: problems.length === 0, problems };
}

const notReady = (problems: readonly string[]): Readiness => ({ isReady: false, problems });

function lineProblems(lines: Within<LinesNow> | undefined): readonly string[] {
  // Main says itself that the actor does not serve.
  if (lines === undefined) return [];
  if (lines.code !== 'answered') return ['the route actor did not answer in time'];
  const { lines: all, steering } = lines.value;
  const isAllowed = ({ line }: LineNow): boolean =>
    !steering.paused.includes(line) && (steering.pinned === undefined || steering.pinned === line);
  const allowed = all.filter(isAllowed);
  if (allowed.length === 0) return ['all lines are paused'];
  if (allowed.some(isUsable)) return [];
  return [`no line is left: ${allowed.map(faultOf).slice(0, NAMED_MAX).join(', ')}`];
}

/** Lines that are named at most. */
const NAMED_MAX = 10;

/** A line whose trial is due counts: only a client that comes can make the trial. */
const isUsable = ({ circuit, link }: LineNow): boolean =>
  link?.fault === undefined && (circuit === undefined || circuit.for_ms === 0);

const faultOf = ({ name, link }: LineNow): string =>
  link?.fault === undefined ? `${JSON.stringify(name)} is down` : `the link of ${JSON.stringify(name)} is down`;
