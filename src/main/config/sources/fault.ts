// One place in a text where its syntax is wrong, and the key that stands there. No part of a value is in it.

export interface Fault {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** The key at the beginning of the line, where there is one. */
  readonly key?: string | undefined;
  readonly why: string;
}

/** A longer one is no key of anybody. */
const KEY_LENGTH_MAX = 64;

export function faultText({ line, column, key, why }: Fault): string {
  return `line ${line}, column ${column}: ${key === undefined ? '' : `${key}: `}${why}`;
}

/** The key with which a line of YAML or TOML begins; `mark` is what follows a key. */
export function keyIn(line: string | undefined, mark: ':' | '='): string | undefined {
  const [, bare, quoted, behind] = /^\s*(?:- +)*(?:([\w.-]+)|"([^"\\]+)")\s*([:=])/.exec(line ?? '') ?? [];
  const key = bare ?? quoted;
  return behind === mark && key !== undefined && key.length <= KEY_LENGTH_MAX ? key : undefined;
}
