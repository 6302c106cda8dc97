// The help of `tcproute top`: its keys. Pure.
const KEYS: readonly (readonly [keys: string, meaning: string])[] = [
  ['1 c', 'live connections'],
  ['2 l', 'lines'],
  ['3 u', 'clients and users'],
  ['4 f', 'live flows of datagrams (UDP)'],
  ['Tab', 'the next of these'],
  ['s S', 'sort by the next column, or the one before'],
  ['r', 'the other end first'],
  ['/', 'filter: words such as client:10.0.0.0/8 user:ann line:fast'],
  ['', 'listener:lan target:example.org; a word alone is a target,'],
  ['', 'kind:quic of flows; of lines and clients a part of the row'],
  ['Esc', 'no filter'],
  ['arrows, PgUp, PgDn', 'move; Home and End, too'],
  ['p, Space', 'pause, and go on'],
  ['+ -', 'look less often, or more often'],
  ['^L, ^Z', 'draw the screen again; stop (fg goes on)'],
  ['q, ^C', 'quit'],
];
const KEY_COLUMNS = 20;

export const helpLines = (): readonly string[] =>
  KEYS.map(([keys, meaning]) => `  ${keys.padEnd(KEY_COLUMNS)}${meaning}`);
