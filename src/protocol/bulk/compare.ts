// Compares lines by what they carry, for a site of bulk transfers. Pure.

/** How much more another line must carry to take the place of the one in use. */
const BETTER = 1.25;
/** The same where that line has not been used for this destination yet. */
const MUCH_BETTER = 2;

/** Bytes a second by the number of the line; undefined for one that has not been measured. */
export interface Rates {
  rateOf(line: number): number | undefined;
}

/**
 * Whether a line carries so much more than another that it is to take its place; undefined where that does not decide. A line that
 * was never measured does not take the place of one that was.
 */
export function carriesMore(rates: Rates, line: number, other: number): boolean | undefined {
  const theirs = rates.rateOf(other);
  if (theirs === undefined) return undefined;
  const own = rates.rateOf(line);
  if (own === undefined || theirs > own * BETTER) return false;
  return own > theirs * BETTER ? true : undefined;
}

/** Of these lines the one that carries most, if it is so much more than the line in use carries that it is worth a trial. */
export function worthATrial(rates: Rates, inUse: number, lines: readonly number[]): number | undefined {
  const present = rates.rateOf(inUse);
  if (present === undefined) return undefined;
  let [best, most] = [undefined as number | undefined, present * MUCH_BETTER];
  for (const line of lines) {
    const rate = rates.rateOf(line);
    if (rate !== undefined && rate > most) [best, most] = [line, rate];
  }
  return best;
}
