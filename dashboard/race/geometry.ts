// Where the bars of a race stand in its waterfall, and what a race shows: who won, and whether that was a rescue. Pure. Times are
// in ms from the beginning of the race, places in parts of a hundred of its width.
import type { Attempt, Race } from '../api/shapes.js';

/**
 * What happened in a stretch of time. `connect`: on its way to be connected. `wait`: connected, and not asked yet. `ask`: the
 * client's first bytes were sent, and no answer was there.
 */
export type Stretch = 'connect' | 'wait' | 'ask';

export interface Bar {
  readonly stretch: Stretch;
  readonly from: number;
  readonly width: number;
}

/** How an attempt ended: it carries the connection, it failed by itself, it was given up for another one, or it is under way. */
export type Outcome = 'won' | 'failed' | 'given-up' | 'open';

export interface Row {
  readonly attempt: Attempt;
  readonly bars: readonly Bar[];
  readonly outcome: Outcome;
  /** Where its end is marked. */
  readonly end: number;
}

export interface Waterfall {
  readonly rows: readonly Row[];
  /** What went before the first attempt, such as looking up the name. */
  readonly before_ms: number;
  readonly before: number;
  readonly ticks: readonly { readonly at: number; readonly ms: number }[];
}

const UNFAILED: ReadonlySet<string> = new Set(['connected', 'answered', 'abandoned', 'late']);
/** What is shorter is drawn as long as this, so that it is seen. */
const WIDTH_MIN = 0.6;
/** Room behind the last event. */
const MARGIN = 1.06;
const TICKS_MAX = 6;

export function waterfallOf(race: Race): Waterfall {
  const { attempts, winner, total_ms } = race;
  const times = attempts.flatMap(timesOf);
  const span = Math.max(total_ms, ...times, 1) * MARGIN;
  const place = (ms: number): number => (100 * ms) / span;
  const rows = attempts.map((attempt, index): Row => {
    const end_ms = Math.max(...timesOf(attempt), index === winner || isOpen(attempt) ? total_ms : 0);
    return {
      attempt,
      bars: stretchesOf(attempt, end_ms).map(([stretch, from, to]) => ({
        stretch,
        from: place(from),
        width: Math.max(place(to - from), WIDTH_MIN),
      })),
      outcome: outcomeOf(attempt, index === winner),
      end: place(end_ms),
    };
  });
  const before_ms = attempts.length === 0 ? total_ms : Math.min(...attempts.map(({ started_ms }) => started_ms));
  return { rows, before_ms, before: place(before_ms), ticks: ticksOf(span).map((ms) => ({ at: place(ms), ms })) };
}

/**
 * Whether the winner carried the connection after another one, which was connected and had been asked before it, kept silent or
 * failed. Returns that other attempt.
 */
export function rescuedFrom({ attempts, winner }: Race): Attempt | undefined {
  const won = winner === undefined ? undefined : attempts[winner];
  const asked_ms = won?.asked_ms;
  if (asked_ms === undefined) return undefined;
  return attempts.find((other) => other !== won && !other.trial && (other.asked_ms ?? asked_ms) < asked_ms);
}

function outcomeOf({ result }: Attempt, isWinner: boolean): Outcome {
  if (result === undefined) return isWinner ? 'won' : 'open';
  if (!UNFAILED.has(result)) return 'failed';
  return isWinner ? 'won' : 'given-up';
}

const isOpen = ({ result }: Attempt): boolean => result === undefined;

function timesOf({ started_ms, connected_ms, asked_ms, answered_ms, ended_ms }: Attempt): number[] {
  return [started_ms, connected_ms, asked_ms, answered_ms, ended_ms].filter((time) => time !== undefined);
}

function stretchesOf(attempt: Attempt, end_ms: number): [Stretch, number, number][] {
  const { started_ms, connected_ms, asked_ms, answered_ms, ended_ms } = attempt;
  if (connected_ms === undefined) return [['connect', started_ms, ended_ms ?? end_ms]];
  const connect: [Stretch, number, number] = ['connect', started_ms, connected_ms];
  if (asked_ms === undefined) {
    return end_ms > connected_ms ? [connect, ['wait', connected_ms, ended_ms ?? end_ms]] : [connect];
  }
  const ask: [Stretch, number, number] = ['ask', asked_ms, answered_ms ?? ended_ms ?? end_ms];
  return asked_ms > connected_ms ? [connect, ['wait', connected_ms, asked_ms], ask] : [connect, ask];
}

/** Round times from 0 on. */
function ticksOf(span: number): number[] {
  const least = span / TICKS_MAX;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= least) as number;
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => index * step).filter(
    (ms) => ms < span * 0.97,
  );
}
