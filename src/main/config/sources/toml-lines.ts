// Finds the line of a key or a table in a TOML text. The parser gives no lines, but it accepts every beginning of the text
// that ends after a whole statement: the shortest such beginning with the key ends with the statement of the key.
import type { Step } from '../diagnostics/place.js';

/** A longer text is not searched: each step of the search parses half of it. */
const LENGTH_MAX = 256 * 1024;

/** `parse` throws if the text is not TOML. */
export function tomlLineOf(
  text: string,
  parse: (text: string) => unknown,
): (steps: readonly Step[]) => number | undefined {
  if (text.length > LENGTH_MAX) return () => undefined;
  const lines = text.split('\n');
  const trees = new Map<number, unknown>();
  /** The tree of the first lines; undefined if they end within a statement. */
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
    // The statement begins after the last whole statement before it.
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
