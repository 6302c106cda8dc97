// "Did you mean": the known word closest to a mistyped one. It does not compose the message.

/** The closest candidate within a third of the word's length; undefined if none is close. Case, `_` and `-` do not count. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const typed = plain(word);
  if (typed.length > 64) return undefined;
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(typed, plain(candidate)) }))
    .sort((first, second) => first.distance - second.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(1, Math.floor(typed.length / 3)) ? best.candidate : undefined;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[_-]/g, '');
}

/** Insertions, deletions and replacements of one letter, and swaps of two neighbours (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const [left, above, diagonal] = [current[column - 1], last[column], last[column - 1]] as [number, number, number];
      const same = from[row - 1] === to[column - 1];
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const bySwap = swapped ? (beforeLast[column - 2] as number) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min(left + 1, above + 1, diagonal + (same ? 0 : 1), bySwap));
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] as number;
}
