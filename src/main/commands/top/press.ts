// What a key does: a state and a key give the next state. Pure.
import type { Key } from './keys.js';
import { EVERY_MS, SORTS, type Sort, type TopState, VIEWS, type View } from './state.js';

/** How much there is: rows of the table, and rows that the screen has for them. */
export interface Extent {
  readonly rows: number;
  readonly page: number;
}

const FILTER_MAX = 200;

export function press(state: TopState, key: Key, extent: Extent): TopState {
  if (key.kind === 'interrupt' || key.kind === 'quit') return { ...state, end: 'interrupted' };
  if (state.typing !== undefined) return typed(state, state.typing, key);
  if (state.isHelp) return key.kind === 'text' && key.text === 'q' ? quit(state) : { ...state, isHelp: false };
  return key.kind === 'text' ? command(state, key.text) : move(state, key.kind, extent);
}

const quit = (state: TopState): TopState => ({ ...state, end: 'quit' });

function typed(state: TopState, typing: string, key: Key): TopState {
  switch (key.kind) {
    case 'text':
      return typing.length < FILTER_MAX ? { ...state, typing: typing + key.text } : state;
    case 'backspace':
      return { ...state, typing: [...typing].slice(0, -1).join('') };
    case 'erase':
      return { ...state, typing: '' };
    case 'escape':
      return { ...state, typing: undefined };
    case 'enter':
      return { ...filtered(state, typing.trim()), typing: undefined };
    default:
      return state;
  }
}

const filtered = (state: TopState, filter: string): TopState => ({
  ...state,
  filter: { ...state.filter, [state.view]: filter },
  offset: 0,
});

function command(state: TopState, text: string): TopState {
  switch (text) {
    case 'q':
      return quit(state);
    case '?':
    case 'h':
      return { ...state, isHelp: true };
    case '1':
    case 'c':
      return turnedTo(state, 'connections');
    case '2':
    case 'l':
      return turnedTo(state, 'lines');
    case '3':
    case 'u':
      return turnedTo(state, 'clients');
    case '4':
    case 'f':
      return turnedTo(state, 'flows');
    case 's':
      return sorted(state, nextSort(state, 1));
    case 'S':
      return sorted(state, nextSort(state, -1));
    case 'r': {
      const { by, descending } = state.sort[state.view];
      return sorted(state, { by, descending: !descending });
    }
    case '/':
      return { ...state, typing: state.filter[state.view] };
    case 'p':
    case ' ':
      return { ...state, isPaused: !state.isPaused };
    case '+':
      return { ...state, every_ms: EVERY_MS.find((one) => one > state.every_ms) ?? state.every_ms };
    case '-':
      return { ...state, every_ms: EVERY_MS.findLast((one) => one < state.every_ms) ?? state.every_ms };
    default:
      return state;
  }
}

const turnedTo = (state: TopState, view: View): TopState =>
  view === state.view ? state : { ...state, view, offset: 0 };

const sorted = (state: TopState, sort: Sort): TopState => ({
  ...state,
  sort: { ...state.sort, [state.view]: sort },
  offset: 0,
});

function nextSort({ view, sort }: TopState, step: 1 | -1): Sort {
  const choices = SORTS[view];
  const place = choices.findIndex(({ by }) => by === sort[view].by);
  const { by, descending } = around(choices, place + step);
  return { by, descending };
}

function around<T>(list: readonly T[], place: number): T {
  return list[(place + list.length) % list.length] as T;
}

function move(state: TopState, kind: Exclude<Key['kind'], 'text'>, extent: Extent): TopState {
  const { offset, view } = state;
  const to = (next: number): TopState => ({ ...state, offset: bounded(next, extent) });
  switch (kind) {
    case 'up':
      return to(offset - 1);
    case 'down':
      return to(offset + 1);
    case 'page-up':
      return to(offset - extent.page);
    case 'page-down':
      return to(offset + extent.page);
    case 'home':
      return to(0);
    case 'end':
      return to(extent.rows);
    case 'tab':
    case 'right':
      return turnedTo(state, around(VIEWS, VIEWS.indexOf(view) + 1));
    case 'back-tab':
    case 'left':
      return turnedTo(state, around(VIEWS, VIEWS.indexOf(view) - 1));
    case 'escape':
      return state.filter[view] === '' ? state : filtered(state, '');
    default:
      return state;
  }
}

/** The last page is a full one. */
export function bounded(offset: number, { rows, page }: Extent): number {
  return Math.max(0, Math.min(offset, rows - page));
}
