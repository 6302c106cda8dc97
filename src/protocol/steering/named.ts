// The same by the names of lines, by which a line is known to people, to another configuration and to another process. Pure.
import type { Line } from '../lines/line.js';
import { moved, type NotChanged, PINS_MAX, type Steering } from './steering.js';

export interface NamedPin {
  readonly destination: string;
  readonly line: string;
}

export interface NamedSteering {
  readonly paused: readonly string[];
  /** Absent: none. */
  readonly pinned?: string | undefined;
  readonly pins: readonly NamedPin[];
}

export type NamedChange =
  | { readonly kind: 'pause' | 'resume' | 'pin'; readonly line: string }
  | { readonly kind: 'unpin' }
  | ({ readonly kind: 'pin-destination' } & NamedPin)
  | { readonly kind: 'unpin-destination'; readonly destination: string };

/** What comes of a change. */
export type Steer = 'changed' | NotChanged | 'no-such-line';

export type NamedLine = Pick<Line, 'name' | 'number'>;

/** Lines that are not there are left out. */
export function named({ paused, pinned, pins }: Steering, lines: readonly NamedLine[]): NamedSteering {
  const names = new Map(lines.map(({ number, name }) => [number, name]));
  const one = pinned === undefined ? undefined : names.get(pinned);
  return {
    paused: paused.flatMap((line) => names.get(line) ?? []),
    ...(one !== undefined && { pinned: one }),
    pins: pins.flatMap(({ destination, line }) => {
      const name = names.get(line);
      return name === undefined ? [] : [{ destination, line: name }];
    }),
  };
}

/** What was set of lines that are not there is left out. */
export function numbered({ paused, pinned, pins }: NamedSteering, lines: readonly NamedLine[]): Steering {
  const numbers = new Map(lines.map(({ number, name }) => [name, number]));
  return {
    paused: paused.flatMap((line) => numbers.get(line) ?? []).sort((a, b) => a - b),
    pinned: pinned === undefined ? undefined : numbers.get(pinned),
    pins: pins.slice(0, PINS_MAX).flatMap(({ destination, line }) => {
      const number = numbers.get(line);
      return number === undefined ? [] : [{ destination, line: number }];
    }),
  };
}

/** The lines of another configuration: one that has changed under its name is still the one that the operator meant. */
export function carriedOver(steering: Steering, before: readonly NamedLine[], after: readonly NamedLine[]): Steering {
  const names = new Map(before.map(({ number, name }) => [number, name]));
  const kept = new Set(after.map(({ number }) => number));
  const numbers = new Map(after.map(({ number, name }) => [name, number]));
  return moved(steering, (line) => (kept.has(line) ? line : numbers.get(names.get(line) ?? '')));
}
