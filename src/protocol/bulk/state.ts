// Converts what is known of bulk transfers to plain values, for messages between actors and for the state file, and back. Nothing
// here throws, whatever its argument.
import { Rate } from './rate.js';
import { Traffic } from './traffic.js';

/** What a line carries, each way. */
export interface LineRates {
  readonly up: Rate;
  readonly down: Rate;
}

export const noRates = (): LineRates => ({ up: new Rate(), down: new Rate() });

/** Bytes a second, the number of measurements, and the time since the last one; null for a way that was never measured. */
type RateState = readonly [bytes_s: number, samples: number, age_ms: number] | null;

export interface LineRatesState {
  readonly up: RateState;
  readonly down: RateState;
}

/** Bytes in bulk, each way, and all others. */
export type TrafficState = readonly [up: number, down: number, other: number];

export function ratesState({ up, down }: LineRates, now: number): LineRatesState {
  const state = ({ bytes_s, samples, at }: Rate): RateState =>
    samples === 0 ? null : [Math.round(bytes_s), samples, Math.max(Math.round(now - at), 0)];
  return { up: state(up), down: state(down) };
}

/** The state when `age_ms` more have passed. */
export function agedRates({ up, down }: LineRatesState, age_ms: number): LineRatesState {
  const aged = (state: RateState): RateState => state && [state[0], state[1], state[2] + age_ms];
  return { up: aged(up), down: aged(down) };
}

export function ratesOfState(state: LineRatesState, now: number): LineRates {
  const rates = noRates();
  for (const way of ['up', 'down'] as const) {
    const told = state[way];
    if (told !== null) rates[way].set(told[0], told[1], now - told[2]);
  }
  return rates;
}

export function trafficOfState(state: TrafficState): Traffic {
  const traffic = new Traffic();
  traffic.set(...state);
  return traffic;
}

export const trafficState = ({ up, down, other }: Traffic): TrafficState => [
  Math.round(up),
  Math.round(down),
  Math.round(other),
];

/** Check values from outside the process. */
export function isRatesState(value: unknown): value is LineRatesState {
  if (typeof value !== 'object' || value === null) return false;
  const { up, down } = value as { readonly up?: unknown; readonly down?: unknown };
  return [up, down].every((one) => one === null || isThree(one));
}

export const isTrafficState = (value: unknown): value is TrafficState => isThree(value);

/** Fractions are meaningless and do no harm: an earlier version wrote them. */
function isThree(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    value.every((one) => typeof one === 'number' && one >= 0 && one <= Number.MAX_SAFE_INTEGER)
  );
}
