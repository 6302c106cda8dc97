// What an operator has set by hand: lines that are paused, the line to which all connections are pinned, and destinations that
// are pinned to a line. It stays until the operator takes it back, or the line is gone. Pure; lines are numbers.

/** A destination, by its key for all askers (routes/destination-key.ts), and its line. */
export interface Pin {
  readonly destination: string;
  readonly line: number;
}

export interface Steering {
  /** Ascending. No new connection uses these; live ones go on. */
  readonly paused: readonly number[];
  /** All connections that may use it use only this one, also while it fails. */
  readonly pinned: number | undefined;
  /** Connections to these use only their line, if they may use it, also while it fails. Each destination once. */
  readonly pins: readonly Pin[];
}

export const UNSTEERED: Steering = { paused: [], pinned: undefined, pins: [] };

/** They are told as one message, and stand in one line of the state file. */
export const PINS_MAX = 1000;

export type SteeringChange =
  | { readonly kind: 'pause' | 'resume' | 'pin'; readonly line: number }
  | { readonly kind: 'unpin' }
  | ({ readonly kind: 'pin-destination' } & Pin)
  | { readonly kind: 'unpin-destination'; readonly destination: string };

/** `is-pinned`, `is-paused`: of the line. Both at once would leave no line, so the operator takes back the one first. */
export type NotChanged = 'unchanged' | 'is-pinned' | 'is-paused' | 'too-many-pins';

export type Changed = { readonly code: 'changed'; readonly steering: Steering } | { readonly code: NotChanged };

export function change(steering: Steering, what: SteeringChange): Changed {
  const { paused, pinned, pins } = steering;
  const to = (changed: Partial<Steering>): Changed => ({ code: 'changed', steering: { ...steering, ...changed } });
  switch (what.kind) {
    case 'pause':
      if (paused.includes(what.line)) return UNCHANGED;
      return pinned === what.line
        ? { code: 'is-pinned' }
        : to({ paused: [...paused, what.line].sort((a, b) => a - b) });
    case 'resume':
      return paused.includes(what.line) ? to({ paused: paused.filter((line) => line !== what.line) }) : UNCHANGED;
    case 'pin':
      if (pinned === what.line) return UNCHANGED;
      return paused.includes(what.line) ? { code: 'is-paused' } : to({ pinned: what.line });
    case 'unpin':
      return pinned === undefined ? UNCHANGED : to({ pinned: undefined });
    case 'pin-destination':
      return pin(steering, what);
    case 'unpin-destination':
      return pins.some(({ destination }) => destination === what.destination)
        ? to({ pins: pins.filter(({ destination }) => destination !== what.destination) })
        : UNCHANGED;
    default:
      return what satisfies never;
  }
}

const UNCHANGED: Changed = { code: 'unchanged' };

function pin(steering: Steering, { destination, line }: Pin): Changed {
  const { pins } = steering;
  const known = pins.find((one) => one.destination === destination);
  if (known?.line === line) return UNCHANGED;
  if (known === undefined && pins.length >= PINS_MAX) return { code: 'too-many-pins' };
  return {
    code: 'changed',
    steering: { ...steering, pins: [...pins.filter((one) => one !== known), { destination, line }] },
  };
}

/** The same of other lines. `toLine`: the present number of a line; undefined where it is gone, and with it what was set of it. */
export function moved({ paused, pinned, pins }: Steering, toLine: (line: number) => number | undefined): Steering {
  return {
    paused: paused.flatMap((line) => toLine(line) ?? []).sort((a, b) => a - b),
    pinned: pinned === undefined ? undefined : toLine(pinned),
    pins: pins.flatMap(({ destination, line }) => {
      const now = toLine(line);
      return now === undefined ? [] : [{ destination, line: now }];
    }),
  };
}

export const isUnsteered = ({ paused, pinned, pins }: Steering): boolean =>
  paused.length === 0 && pinned === undefined && pins.length === 0;
