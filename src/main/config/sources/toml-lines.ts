// In which line of a TOML text a key or a table stands. The parser does not tell, but it takes every text that ends behind a
// whole statement: a key is in the first such text that has it, and stands where the last statement of it begins.
import type { Step } from '../diagnostics/place.js';

/** A longer text is not looked into: each look parses half of it. */
const LENGTH_MAX = 256 * 1024;

/** `parse` throws where the text is no TOML. */
export function tomlLineOf(
  text: string,
  parse: (text: string) => unknown,
): (steps: readonly Step[]) => number | undefined {
  if (text.length > LENGTH_MAX) return () => undefined;
  const lines = text.split('\n');
  const trees = new Map<number, unknown>();
  /** What the first lines come to; undefined where they end within a statement. */
  const treeOf = (count: number): unknown => {
    if (!trees.has(count))
      trees.set(
        count,
        attempt(() => parse(lines.slice(0, count).join('\n'))),
      );
    return trees.get(count);
  };
  const lineOfWhole = (steps: readonly Step[]): number | undefined => {
    let [without, withIt] = [0, lines.length];
    if (!has(treeOf(withIt), steps)) return undefined;
    while (withIt - without > 1) {
      const middle = (without + withIt) >> 1;
      let whole = middle;
      while (whole < withIt && treeOf(whole) === undefined) whole += 1;
      if (whole < withIt && !has(treeOf(whole), steps)) without = whole;
      else withIt = middle;
    }
    // It begins behind the last whole statement without it.
    let first = withIt;
    while (first > 1 && treeOf(first - 1) === undefined) first -= 1;
    while (first < withIt && /^\s*(?:#.*)?$/.test(lines[first - 1] as string)) first += 1;
    return first;
  };
  return (steps) => {
    for (let count = steps.length; count > 0; count -= 1) {
      const line = lineOfWhole(steps.slice(0, count));
      if (line !== undefined) return line;
    }
    return undefined;
  };
}

function has(tree: unknown, steps: readonly Step[]): boolean {
  let value = tree;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return false;
    value = (value as Record<Step, unknown>)[step];
  }
  return tree !== undefined;
}

function attempt(parse: () => unknown): unknown {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
