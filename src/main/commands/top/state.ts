// What `tcproute top` shows and how, as its user has chosen: a value. Pure.

export const VIEWS = ['connections', 'lines', 'clients', 'flows'] as const;
export type View = (typeof VIEWS)[number];

export interface Sort {
  /** One of the view's `SORTS`. */
  readonly by: string;
  readonly descending: boolean;
}

export interface TopState {
  readonly view: View;
  readonly sort: Readonly<Record<View, Sort>>;
  readonly filter: Readonly<Record<View, string>>;
  /** The filter that is being typed; undefined while keys are commands. */
  readonly typing: string | undefined;
  readonly isHelp: boolean;
  /** Nothing is asked: what is shown stays. */
  readonly isPaused: boolean;
  /** Rows that are above the first one on the screen. */
  readonly offset: number;
  /** Between two looks. */
  readonly every_ms: number;
  /** How it ends; undefined while it goes on. */
  readonly end: 'quit' | 'interrupted' | undefined;
}

export interface SortChoice {
  readonly by: string;
  /** Ends "by". */
  readonly title: string;
  /** Which end comes first when it is chosen. */
  readonly descending: boolean;
}

/** Of what is listed by the API in an order. */
const CARRIED: readonly [SortChoice, ...SortChoice[]] = [
  { by: 'bytes_down', title: 'bytes to the client', descending: true },
  { by: 'bytes_up', title: 'bytes from the client', descending: true },
  { by: 'opened_at', title: 'time of opening', descending: true },
  { by: 'duration_ms', title: 'duration', descending: true },
];

export const SORTS: Readonly<Record<View, readonly [SortChoice, ...SortChoice[]]>> = {
  connections: CARRIED,
  lines: [
    { by: 'order', title: 'order in the configuration', descending: false },
    { by: 'wins', title: 'wins', descending: true },
    { by: 'line', title: 'name', descending: false },
    { by: 'down', title: 'bytes to clients', descending: true },
    { by: 'up', title: 'bytes from clients', descending: true },
  ],
  clients: [
    { by: 'live', title: 'live connections', descending: true },
    { by: 'rate', title: 'rate', descending: true },
    { by: 'down', title: 'bytes to the client', descending: true },
    { by: 'up', title: 'bytes from the client', descending: true },
    { by: 'client', title: 'client', descending: false },
  ],
  flows: CARRIED,
};

const usual = (view: View): Sort => ({ by: SORTS[view][0].by, descending: SORTS[view][0].descending });

/** The times between two looks that can be chosen. */
export const EVERY_MS = [500, 1000, 2000, 5000, 10_000, 30_000] as const;

export const BEGINNING: TopState = {
  view: 'connections',
  sort: { connections: usual('connections'), lines: usual('lines'), clients: usual('clients'), flows: usual('flows') },
  filter: { connections: '', lines: '', clients: '', flows: '' },
  typing: undefined,
  isHelp: false,
  isPaused: false,
  offset: 0,
  every_ms: 1000,
  end: undefined,
};
