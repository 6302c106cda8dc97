// In which order the lines of a flow have their turns, where nothing is remembered of its destination or the remembered one has
// failed: a datagram goes over one line at a time, so the order is all that there is to a choice. It looks nothing up. Pure.
import type { Preferences } from '../lines/preferences.js';

/** What is known of lines now. */
export interface LinesNow {
  /** Whether its link is up, and its proxy not known to be away. */
  mayUse(line: number): boolean;
  /** Whether nothing gets through it, connections neither. */
  isDead(line: number): boolean;
  /** Whether datagrams over it have had no answers lately, where others had some. */
  isSilent(line: number): boolean;
  /** Undefined where all lines are alike. */
  readonly preferences: Preferences | undefined;
  /** Those that are as fast as the fastest of them, and those of which that is not known. */
  fastest(lines: readonly number[]): readonly number[];
}

/** What is known of the destination. */
export interface AtDestination {
  /** Its key, by which lines with weights share the destinations. */
  readonly key: string;
  /** The line over which connections to it work best; undefined where none is known. */
  readonly connects: number | undefined;
  /** Whether datagrams to it have failed over the line, and not worked since. */
  isDoubted(line: number): boolean;
}

/** Why a line has its turn behind the others; `usual` for none. */
export type Rank = 'usual' | 'doubted' | 'silent' | 'dead' | 'out';

const RANKS: readonly Rank[] = ['usual', 'doubted', 'silent', 'dead', 'out'];

export interface RankedLine {
  readonly line: number;
  readonly rank: Rank;
}

/** `lines`: all that may be used, in the order of the configuration. */
export function linesInOrder(lines: readonly number[], now: LinesNow, at: AtDestination): readonly RankedLine[] {
  const ranked = lines.map((line) => ({ line, rank: rankOf(line, now, at) }));
  if (lines.length < 2) return ranked;
  const { preferences } = now;
  const fastest = new Set(now.fastest(lines));
  const place = new Map(lines.map((line, index) => [line, index]));
  const first = preferences?.areSpread ? firstsOf(lines, preferences, at.key, fastest) : undefined;
  const order = (line: number): readonly number[] => [
    Number(line !== at.connects),
    Number(first !== undefined && !first.has(line)),
    Number(!fastest.has(line)),
    place.get(line) as number,
  ];
  return ranked.sort((a, b) => {
    const byRank = RANKS.indexOf(a.rank) - RANKS.indexOf(b.rank);
    return byRank || (preferences?.compare(a.line, b.line) ?? 0) || compared(order(a.line), order(b.line));
  });
}

function rankOf(line: number, now: LinesNow, at: AtDestination): Rank {
  if (!now.mayUse(line)) return 'out';
  if (now.isDead(line)) return 'dead';
  if (now.isSilent(line)) return 'silent';
  return at.isDoubted(line) ? 'doubted' : 'usual';
}

/** Of each group of lines with one tier and one cost: the one with which this destination begins. */
function firstsOf(
  lines: readonly number[],
  preferences: Preferences,
  key: string,
  fastest: ReadonlySet<number>,
): ReadonlySet<number> {
  const firsts = new Set<number>();
  for (const line of lines) {
    const alike = lines.filter((other) => preferences.compare(line, other) === 0);
    const fast = alike.filter((other) => fastest.has(other));
    firsts.add(preferences.shareOf(key, fast.length > 0 ? fast : alike));
  }
  return firsts;
}

function compared(a: readonly number[], b: readonly number[]): number {
  for (const [place, value] of a.entries()) if (value !== b[place]) return value - b[place];
  return 0;
}
