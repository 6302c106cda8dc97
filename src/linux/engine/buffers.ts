// The sizes of an engine's receive buffers, in groups. The buffers themselves are in ring.ts and epoll.ts.

/** Groups of receive buffers: for a handshake, for small messages, and for bulk transfers. */
export const BufferGroup = { handshake: 0, small: 1, large: 2 } as const;
export type BufferGroup = (typeof BufferGroup)[keyof typeof BufferGroup];

export interface GroupSize {
  /** Bytes of one buffer. */
  readonly size: number;
  /** Buffers of the group in an io_uring engine (a power of two); epoll needs one. */
  readonly count: number;
}

/** By group number. A SOCKS5 handshake's messages have at most 262 bytes (RFC 1928). */
export const GROUP_SIZES: readonly GroupSize[] = [
  { size: 1024, count: 256 },
  { size: 4096, count: 256 },
  { size: 65536, count: 32 },
];
