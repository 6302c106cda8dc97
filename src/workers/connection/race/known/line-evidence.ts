// What a race says of its lines as wholes: that something has come over one, and that another one has won while one was silent.
// What follows from that is decided in protocol/lines/health/doubt.ts.
import { isNear, networkNumber } from '../../../../protocol/address/network-number.js';
import { WHOLE_LINE } from '../../../../protocol/lines/health/doubt.js';
import type { LineHealth } from '../../../../protocol/lines/health/health.js';
import { type Failure, isWithoutPath } from '../../../../protocol/race/failure.js';
import type { RoutesReplica } from '../../shared/replicas/routes.js';
import type { RaceAttempt } from '../attempt/attempt.js';

/** The parts of the actor's context that evidence needs. */
export interface EvidenceParts {
  readonly engine: { readonly now: number };
  readonly health: Pick<LineHealth, 'works' | 'lost'>;
  readonly routes: Pick<RoutesReplica, 'tell'>;
}

/** Something has come over the line. `ip`: from where, if the line is direct. */
export function works({ health, routes, engine }: EvidenceParts, line: number, ip: Uint8Array | undefined): void {
  const near = ip !== undefined && isNear(ip);
  if (health.works(line, engine.now, near)) routes.tell({ kind: 'works', line, near, ago_ms: 0 });
}

/** An attempt has failed, where another line has won. */
export function failedBeside(parts: EvidenceParts, attempt: RaceAttempt, failure: Failure): void {
  if (isWithoutPath(failure)) lost(parts, attempt, failure.whose === 'line');
}

/** An attempt is silent for longer than it should be, where another line has won. What is past its proxy is not the line's silence. */
export function lateBeside(parts: EvidenceParts, attempt: RaceAttempt): void {
  const { isDirect } = attempt.line;
  if (isDirect || attempt.towards === 'line') lost(parts, attempt, !isDirect);
}

function lost({ health, routes, engine }: EvidenceParts, attempt: RaceAttempt, isWhole: boolean): void {
  const { candidate, started } = attempt;
  const { line, ip } = candidate;
  const { now } = engine;
  const network = isWhole ? WHOLE_LINE : networkNumber(ip);
  if (health.lost(line, network, started, now)) routes.tell({ kind: 'lost', line, network, for_ms: now - started });
}
