// The result of a decoder for bytes that may end anywhere. Types only.

/** `size`: bytes of the message. The bytes behind it are left to the caller. `incomplete`: call again with more bytes. */
export type Decoded<Value, Invalid> =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'message'; readonly value: Value; readonly size: number }
  | { readonly kind: 'invalid'; readonly code: Invalid };
