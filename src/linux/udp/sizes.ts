// The sizes of datagrams that belong together, all of one size but the last: the `stride` of a `Batch`, the `size` of an `Outgoing`.
// Of numbers alone, since an object for these would be one more for each datagram.

/** Bytes of the one at `place`, from 0, of `count`. */
export const sizeAt = (place: number, count: number, each: number, last: number): number =>
  place === count - 1 ? last : each;

/** Bytes of all of them. */
export const sizeOfAll = (count: number, each: number, last: number): number => (count - 1) * each + last;
