// The sizes of an engine's receive buffers, in groups. The buffers themselves are in ring.ts and epoll.ts.

/** Groups of receive buffers: for a handshake, for small messages, for bulk transfers, and for `receiveDatagrams`. */
export const BufferGroup = { handshake: 0, small: 1, large: 2, datagrams: 3 } as const;
export type BufferGroup = (typeof BufferGroup)[keyof typeof BufferGroup];

export interface GroupSize {
  /** Bytes of one buffer. */
  readonly size: number;
  /** Buffers of the group in an io_uring engine (a power of two); epoll needs one. */
  readonly count: number;
}

/** By group number, without the group of datagrams. A SOCKS5 handshake's messages have at most 262 bytes (RFC 1928). */
export const GROUP_SIZES: readonly GroupSize[] = [
  { size: 1024, count: 256 },
  { size: 4096, count: 256 },
  { size: 65536, count: 32 },
];

/** Bytes in front of a datagram in its buffer: where it came from, and what the kernel tells with it. */
export const DATAGRAM_PREFACE = 128;

/**
 * Made when the first socket receives datagrams. A buffer takes the longest datagram, and as much as the kernel joins (UDP GRO).
 * The kernel takes one buffer after the other, so that all of them are touched in time, but no further than they are filled: at
 * 1 200 bytes that is 4 KiB each. The odd multiple of a kilobyte keeps their beginnings from sharing the same lines of the cache.
 */
export const DATAGRAM_GROUP: GroupSize = { size: DATAGRAM_PREFACE + 65_536 + 1_408, count: 256 };
