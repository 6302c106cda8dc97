// What a decoder says of bytes that may end anywhere. Types only.

/** `size`: bytes of the message; what follows it is the caller's. */
export type Decoded<Value, Invalid> =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'message'; readonly value: Value; readonly size: number }
  | { readonly kind: 'invalid'; readonly code: Invalid };
