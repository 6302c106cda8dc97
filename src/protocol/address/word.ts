// Addresses as words: numbers of 32 bits, which can be compared and hashed at once.

/** Four octets in network order, from `at` on: a signed integer, which V8 keeps without an object. */
export const wordAt = (octets: Uint8Array, at: number): number =>
  (octets[at] << 24) | (octets[at + 1] << 16) | (octets[at + 2] << 8) | octets[at + 3];
