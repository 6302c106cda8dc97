// What was typed at a terminal in raw mode, as keys. Pure: what a key does is decided in press.ts.

export type KeyName =
  | ('up' | 'down' | 'left' | 'right' | 'home' | 'end' | 'page-up' | 'page-down' | 'tab' | 'back-tab')
  | ('enter' | 'escape' | 'backspace' | 'erase' | 'redraw' | 'interrupt' | 'suspend' | 'quit')
  /** A key that has no meaning here. */
  | 'other';

export type Key =
  | { readonly kind: KeyName }
  /** One character that can be shown. */
  | { readonly kind: 'text'; readonly text: string };

const CONTROLS: ReadonlyMap<string, KeyName> = new Map([
  ['\x02', 'page-up'],
  ['\x03', 'interrupt'],
  ['\x06', 'page-down'],
  ['\b', 'backspace'],
  ['\t', 'tab'],
  ['\n', 'enter'],
  ['\f', 'redraw'],
  ['\r', 'enter'],
  ['\x15', 'erase'],
  ['\x1a', 'suspend'],
  ['\x1c', 'quit'],
  ['\x7f', 'backspace'],
]);

/** What stands behind ESC, in either mode of a terminal's cursor keys: of xterm, the Linux console, screen and rxvt. */
const SEQUENCES: ReadonlyMap<string, KeyName> = new Map([
  ...both('A', 'up'),
  ...both('B', 'down'),
  ...both('C', 'right'),
  ...both('D', 'left'),
  ...both('H', 'home'),
  ...both('F', 'end'),
  ['[1~', 'home'],
  ['[7~', 'home'],
  ['[4~', 'end'],
  ['[8~', 'end'],
  ['[5~', 'page-up'],
  ['[6~', 'page-down'],
  ['[Z', 'back-tab'],
]);

function both(letter: string, name: KeyName): readonly (readonly [string, KeyName])[] {
  return [
    [`[${letter}`, name],
    [`O${letter}`, name],
  ];
}

const ESCAPE = '\x1b';
/** A whole sequence behind ESC (ECMA-48 section 5.4; SS3 with one character). */
const WHOLE = /^(?:\[[0-?]*[ -/]*[@-~]|O[A-Za-z])/;
const BEGUN = /^(?:\[[0-?]*[ -/]*|O)?$/;
/** What is longer and has no end is no key. */
const SEQUENCE_MAX = 32;
const NOT_SHOWN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

export interface Typed {
  readonly keys: readonly Key[];
  /** The beginning of a sequence, whose end may be under way. */
  readonly rest: string;
}

/** `text`: what was typed, behind the rest of before. `isAll`: nothing more is under way, so that a rest is keys of its own. */
export function keysIn(text: string, isAll = false): Typed {
  const keys: Key[] = [];
  let left = text;
  while (left !== '') {
    if (left.startsWith(ESCAPE)) {
      const behind = left.slice(1);
      const [whole] = WHOLE.exec(behind) ?? [];
      if (whole === undefined && !isAll && behind.length < SEQUENCE_MAX && BEGUN.test(behind))
        return { keys, rest: left };
      keys.push({ kind: whole === undefined ? 'escape' : (SEQUENCES.get(whole) ?? 'other') });
      left = behind.slice(whole?.length ?? 0);
    } else {
      const character = String.fromCodePoint(left.codePointAt(0) as number);
      const name = CONTROLS.get(character);
      if (name !== undefined) keys.push({ kind: name });
      else keys.push(NOT_SHOWN.test(character) ? { kind: 'other' } : { kind: 'text', text: character });
      left = left.slice(character.length);
    }
  }
  return { keys, rest: '' };
}
