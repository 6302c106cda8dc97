// Attempts that go on after their race, where another line has won it. Once one of them is silent for longer than its line usually
// is, the line may be dead, or only slower than the winner on the way to this destination. A while later it has connected, and
// the line works; or it has not, and that is evidence (line-evidence.ts). Of each line few do so at a time.
import type { LineHealth } from '../../../../protocol/lines/health/health.js';
import type { Options } from '../../../../protocol/options.js';
import type { RaceAttempt } from '../attempt/attempt.js';

/** The parts of the actor's context that this needs. */
export interface RunOutParts {
  readonly engine: { readonly now: number };
  readonly health: Pick<LineHealth, 'times' | 'isDead'>;
  readonly options: { readonly race: Pick<Options['race'], 'first_byte_ms' | 'margin_ms'> };
}

/** For longer than a lost first packet takes, which is sent again after a second. */
const RUN_OUT_MS = 1500;

/** Whether an attempt that its race gives up goes on. */
export function runsOut({ engine, health, options }: RunOutParts, attempt: RaceAttempt): boolean {
  const { candidate, line, towards, started } = attempt;
  // What is past its proxy is not the line's silence.
  if (!line.isDirect && towards !== 'line') return false;
  const { now } = engine;
  const { margin_ms, first_byte_ms } = options.race;
  const usual_ms = health.times.late(candidate.line, margin_ms, first_byte_ms);
  if (now - started <= usual_ms && !health.isDead(candidate.line, now)) return false;
  if (!health.times.mayRunOut(candidate.line, now)) return false;
  attempt.runOut(now + RUN_OUT_MS);
  return true;
}
