// Gives lines their numbers: by these all tables know a line, whatever its place in the configuration. A line keeps its
// number for as long as every new configuration has it, and no number is used twice while the process lives, so that what
// is still under way for a line that has gone never counts for another one.
import { type Line, lineOf } from './line.js';

export type Unnumbered = Pick<Line, 'name' | 'source' | 'hops'>;

export class LineNumbers {
  /** Of the lines of the last configuration, by identity. */
  #known: ReadonlyMap<string, number> = new Map();
  #next = 0;

  /** The lines of a whole configuration, numbered. Those of the first one are 0, 1, 2 … in order. */
  give(lines: readonly Unnumbered[]): readonly Line[] {
    const known = new Map<string, number>();
    const numbered = lines.map((line) => {
      const identity = identityOf(line);
      const number = this.#known.get(identity) ?? this.#new();
      known.set(identity, number);
      return lineOf(number, line.name, line.source, line.hops);
    });
    this.#known = known;
    return numbered;
  }

  #new(): number {
    this.#next += 1;
    return this.#next - 1;
  }
}

/**
 * A line is the same one if it has the same name, source and proxies; its place may be another, and so may its passwords,
 * which are not part of it. Names are unique in a configuration, and so are identities.
 */
export function identityOf({ name, source, hops }: Unnumbered): string {
  return JSON.stringify([name, source.ip ?? null, source.port, ...hops.map(hopIdentity)]);
}

/** State files have it: without a kind it speaks SOCKS5, which was once the only one. */
function hopIdentity({ kind, host, port }: Line['hops'][number]): readonly unknown[] {
  return kind === 'socks5' ? [host, port] : [host, port, kind];
}

/** The length of a table that has an entry for each line, at the place of its number. */
export function tableLength(lines: readonly Pick<Line, 'number'>[]): number {
  return lines.reduce((length, { number }) => Math.max(length, number + 1), 0);
}

/** A table of lines, each at the place of its number. It has holes where lines have gone. */
export function byNumber<Of extends Pick<Line, 'number'>>(lines: readonly Of[]): readonly (Of | undefined)[] {
  const table: (Of | undefined)[] = new Array(tableLength(lines)).fill(undefined);
  for (const line of lines) table[line.number] = line;
  return table;
}
