// Mistakes of clients that are the same in several protocols, in words for the operator. Those of one protocol are in its own
// file.
import type { Misfit } from './inbound.js';

/** The client speaks `title` on a listener that speaks only `spoken`. */
export function notSpoken(title: string, spoken: readonly string[]): Misfit {
  return { what: title, sentence: `speaks ${title}, which this listener does not: set it to ${inWords(spoken)}` };
}

/** `A`, `A or B`, `A, B or C`. */
export function inWords(titles: readonly string[]): string {
  const [last, ...before] = [...titles].reverse();
  return before.length === 0 ? last : `${before.reverse().join(', ')} or ${last}`;
}
