// How the families of this gateway are written down: one call for each. The values come from the readings of a scrape.
import type { Family, Put, PutTimes } from '../exposition/family.js';
import type { Readings } from '../readings/readings.js';

export type OurFamily = Family<Readings>;
type Read = (readings: Readings, put: Put) => void;

export const counter = (name: string, help: string, labels: readonly string[], read: Read): OurFamily => ({
  ...{ kind: 'counter', name, help, labels, read },
});

export const gauge = (name: string, help: string, labels: readonly string[], read: Read): OurFamily => ({
  ...{ kind: 'gauge', name, help, labels, read },
});

/** Of times, with their bounds in ms; they are shown in seconds. */
export const times = (
  name: string,
  help: string,
  labels: readonly string[],
  bounds_ms: readonly number[],
  read: (readings: Readings, put: PutTimes) => void,
): OurFamily => ({ kind: 'histogram', name, help, labels, bounds_ms, read });
