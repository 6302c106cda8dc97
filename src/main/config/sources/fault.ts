// A syntax error in a text: its place, and the key there. A message never has a part of a value, which may be a password.

export interface Fault {
  /** Line and column count from 1. */
  readonly line: number;
  readonly column: number;
  /** The key at the beginning of the line, where there is one. */
  readonly key?: string | undefined;
  readonly why: string;
}

/** A longer word is not a key. */
const KEY_LENGTH_MAX = 64;

export function faultText({ line, column, key, why }: Fault): string {
  return `line ${line}, column ${column}: ${key === undefined ? '' : `${key}: `}${why}`;
}

/** The key at the beginning of a line of YAML or TOML; `mark` is the character after a key. */
export function keyIn(line: string | undefined, mark: ':' | '='): string | undefined {
  const [, bare, quoted, behind] = /^\s*(?:- +)*(?:([\w.-]+)|"([^"\\]+)")\s*([:=])/.exec(line ?? '') ?? [];
  const key = bare ?? quoted;
  return behind === mark && key !== undefined && key.length <= KEY_LENGTH_MAX ? key : undefined;
}
