// Reads a list of words, or one word that stands for a list of it, with the place of each. It checks no entry.
import { inside, type Place } from '../../diagnostics/place.js';

/** An entry, and where it stands. */
export type Entry = readonly [unknown, Place];

/** Undefined for what is neither a text nor a list of `min` to `max` entries. */
export function oneOrList(value: unknown, place: Place, min: 0 | 1, max: number): readonly Entry[] | undefined {
  if (typeof value === 'string') return [[value, place]];
  if (!Array.isArray(value) || value.length < min || value.length > max) return undefined;
  return value.map((one: unknown, index) => [one, inside(place, index)]);
}

/** Where the entry of this index stands in a list that has been read; one alone stands where the list does. */
export function entryAt(list: readonly unknown[], index: number, place: Place): Place {
  return list.length === 1 ? place : inside(place, index);
}
