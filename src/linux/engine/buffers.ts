// The receive buffers of an engine, in groups by their size.

/** Which receive buffers: of a handshake's size, of a small message's, or of a bulk transfer's. */
export const BufferGroup = { handshake: 0, small: 1, large: 2 } as const;
export type BufferGroup = (typeof BufferGroup)[keyof typeof BufferGroup];

export interface GroupSize {
  /** Bytes a buffer. */
  readonly size: number;
  /** Buffers of the group in an io_uring engine (a power of two); epoll needs one. */
  readonly count: number;
}

/** By group. A handshake's messages are at most 262 bytes (RFC 1928). */
export const GROUP_SIZES: readonly GroupSize[] = [
  { size: 1024, count: 256 },
  { size: 4096, count: 256 },
  { size: 65536, count: 32 },
];
