// What the kernel knows of a TCP connection (TCP_INFO): what has not been acknowledged, and when something was last heard. Later
// kernels append to struct tcp_info and change nothing of what is there.
import { ENODEV } from './errno.js';
import * as libc from './libc.js';
import { mapMemory } from './memory.js';

const IPPROTO_TCP = 6;
const TCP_INFO = 11;
const SOL_SOCKET = 1;
const SO_BINDTODEVICE = 25;
/** Up to tcpi_notsent_bytes, of Linux 4.6; Node needs a later one. */
const SIZE = 148;
/** The offsets of bytes, and of 32-bit words. */
const Octet = { retransmits: 2, probes: 3, backoff: 4 } as const;
const Word = {
  rto: 2,
  unacked: 6,
  sent: 11,
  lastDataReceived: 13,
  lastAckReceived: 14,
  acked: 30,
  received: 32,
  notSent: 36,
} as const;

export interface TcpInfo {
  /** Segments that have been sent and not acknowledged; an end of stream is one. */
  readonly unacked: number;
  /** Bytes that wait to be sent. */
  readonly notSent: number;
  /** Time-outs in a row of a retransmission, and probes in a row of a closed window or of a quiet peer, without any answer. */
  readonly retransmits: number;
  readonly probes: number;
  /** How often the time-out has been doubled, and the time-out now, in ms. */
  readonly backoff: number;
  readonly rto_ms: number;
  /** Time since bytes were sent, also those that are sent again. */
  readonly sent_ms: number;
  /** Time since anything was heard of the peer: bytes, or a mere acknowledgement, also of what is known already. */
  readonly heard_ms: number;
  /** Bytes that the peer has acknowledged, and that have come from it. What is sent again counts once. */
  readonly acked: number;
  readonly received: number;
}

/** Made at the first need: most threads never read it. */
let scratch: ReturnType<typeof mapMemory> | undefined;

/** Undefined for what is no TCP socket. */
export function tcpInfo(fd: number): TcpInfo | undefined {
  scratch ??= mapMemory(4096);
  const { address, bytes, words, ints } = scratch;
  ints[SIZE / 4] = SIZE;
  const result = libc.getsockopt(fd, IPPROTO_TCP, TCP_INFO, address, address + SIZE);
  if (result < 0 || ints[SIZE / 4] < SIZE) return undefined;
  return {
    unacked: words[Word.unacked],
    notSent: words[Word.notSent],
    retransmits: bytes[Octet.retransmits],
    probes: bytes[Octet.probes],
    backoff: bytes[Octet.backoff],
    rto_ms: words[Word.rto] / 1000,
    sent_ms: words[Word.sent],
    heard_ms: Math.min(words[Word.lastDataReceived], words[Word.lastAckReceived]),
    acked: words[Word.acked] + 2 ** 32 * words[Word.acked + 1],
    received: words[Word.received] + 2 ** 32 * words[Word.received + 1],
  };
}

/** Whether the network interface to which the socket is bound has been deleted: one of the same name is another one. */
export function hasLostDevice(fd: number): boolean {
  scratch ??= mapMemory(4096);
  const { address, ints } = scratch;
  ints[SIZE / 4] = 16;
  return libc.getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, address, address + SIZE) === -ENODEV;
}
