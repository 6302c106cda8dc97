// Gives lines the numbers by which all tables know them, independent of their place in the configuration. A line keeps its
// number while every new configuration has it. No number is used twice in one process, so that late results for a removed
// line never count for another line.
import { type Line, lineOf } from './line.js';
import type { Preference } from './preference.js';

export type Unnumbered = Pick<Line, 'name' | 'source' | 'hops'>;

export class LineNumbers {
  /** Numbers of the lines of the last configuration, by identity. */
  #known: ReadonlyMap<string, number> = new Map();
  #next = 0;

  /** For a configuration that may turn out to be wrong: the numbers given by the copy are not known here. */
  copy(): LineNumbers {
    const copy = new LineNumbers();
    copy.#known = this.#known;
    copy.#next = this.#next;
    return copy;
  }

  /** Numbers all lines of a configuration. Those of the first configuration get 0, 1, 2 … in order. */
  give(lines: readonly (Unnumbered & { readonly preference?: Preference })[]): readonly Line[] {
    const known = new Map<string, number>();
    const numbered = lines.map((line) => {
      const identity = identityOf(line);
      const number = this.#known.get(identity) ?? this.#new();
      known.set(identity, number);
      return lineOf(number, line.name, line.source, line.hops, line.preference);
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
 * Lines with the same name, source and proxies are the same line; their place may differ, and so may their passwords and
 * preferences, which the identity leaves out. Names are unique in a configuration, and so are identities.
 */
export function identityOf({ name, source, hops }: Unnumbered): string {
  return JSON.stringify([name, source.ip ?? null, source.port, ...wayIdentity(source), ...hops.map(hopIdentity)]);
}

/** Part of state files, too: nothing for a line with neither, as before there were interfaces and marks. */
function wayIdentity({ device, mark, auto }: Line['source']): readonly unknown[] {
  return device === undefined && mark === undefined ? [] : [{ device, mark, auto }];
}

/** Part of state files. A hop without a kind speaks SOCKS5, which once was the only kind. */
function hopIdentity({ kind, host, port }: Line['hops'][number]): readonly unknown[] {
  return kind === 'socks5' ? [host, port] : [host, port, kind];
}

/** The length of a table with an entry for each line at the index of its number. */
export function tableLength(lines: readonly Pick<Line, 'number'>[]): number {
  return lines.reduce((length, { number }) => Math.max(length, number + 1), 0);
}

/** A table of lines, each at the index of its number; undefined where a line has been removed. */
export function byNumber<Of extends Pick<Line, 'number'>>(lines: readonly Of[]): readonly (Of | undefined)[] {
  const table: (Of | undefined)[] = new Array(tableLength(lines)).fill(undefined);
  for (const line of lines) table[line.number] = line;
  return table;
}
