// A page of the bad addresses in the order of their texts, so that a page goes on where the one before has ended whatever has
// changed meanwhile. It looks at every address, and keeps no more than a page. Pure.

import type { BadAddress, EvidenceKind } from './evidence.js';

interface Page {
  /** In their order. */
  readonly addresses: readonly string[];
  /** Where the next page goes on: the last address of this one. Undefined where it is the last page. */
  readonly next: string | undefined;
  /** Of all addresses, also those before this page. */
  readonly total: number;
}

export interface PageAsked {
  /** Where the page before has ended; undefined for the first one. */
  readonly after?: string | undefined;
  /** At least 1. */
  readonly limit: number;
  readonly how?: EvidenceKind | undefined;
}

export interface BadAddressPage extends Omit<Page, 'addresses'> {
  readonly addresses: readonly BadAddress[];
}

/** The first `limit` of the addresses behind `after` (undefined: of all). Each is given once. `limit`: at least 1. */
export function pageOf(addresses: Iterable<string>, after: string | undefined, limit: number): Page {
  let first: string[] = [];
  let total = 0;
  for (const address of addresses) {
    total += 1;
    if (after !== undefined && address <= after) continue;
    first.push(address);
    // Sorted once for as many addresses as a page has, and then cut: a page of a million addresses costs no million places.
    if (first.length > 2 * limit + 1) first = inOrder(first).slice(0, limit + 1);
  }
  const page = inOrder(first);
  return { addresses: page.slice(0, limit), next: page.length > limit ? page[limit - 1] : undefined, total };
}

const inOrder = (addresses: readonly string[]): string[] =>
  [...addresses].sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));
