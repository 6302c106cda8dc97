// What a UDP socket's error queue holds: errors that ICMP told of datagrams sent earlier, and those of our own kernel
// (ip(7) IP_RECVERR). An engine tells when to look: `onDatagramErrors`.
import { ADDRESS_SIZE, type Endpoint, unpackAddress } from '../addresses.js';
import { EMSGSIZE } from '../errno.js';
import * as libc from '../libc.js';
import { mapMemory } from '../memory.js';
import {
  CONTROL_HEADER_SIZE,
  CONTROL_SIZE_WORD,
  CONTROL_WORD,
  FLAGS_WORD,
  NAME_SIZE_WORD,
  NAME_WORD,
  writeAddress,
} from '../message-layout.js';
import { IP_RECVERR, IPPROTO_IP, IPPROTO_IPV6, IPV6_RECVERR } from './sockets.js';

/** A datagram to `to` has not arrived. */
export interface UdpError {
  /** A positive errno; see error-name.ts. */
  readonly errno: number;
  /** Who says so: this machine's kernel, or an ICMP message of the host `from`. */
  readonly origin: 'local' | 'icmp' | 'icmp6' | 'other';
  /** Of the ICMP message. */
  readonly type: number;
  readonly code: number;
  readonly to: Endpoint;
  /** Undefined where the kernel does not tell. */
  readonly from: Uint8Array | undefined;
  /** The size of packets that a link on the way takes, where that was the reason; else 0. */
  readonly mtu: number;
}

const MSG_ERRQUEUE_DONTWAIT = 0x2000 | 0x40;
const MSG_CTRUNC = 8;
/** A queue has room for some hundred, by the socket's receive buffer; what is left over is read the next time. */
const ERRORS_MAX = 1024;
const ORIGINS = ['other', 'local', 'icmp', 'icmp6'] as const;

const EXTENDED_ERROR_SIZE = 16;
/** The smaller of the addresses that may stand behind a struct sock_extended_err. */
const IPV4_ADDRESS_SIZE = 16;

/** struct msghdr at 0, the address at NAME, what the kernel tells at CONTROL. */
const NAME = 64;
const CONTROL = 128;
const CONTROL_SIZE = 512;
const scratch = mapMemory(4096);
writeAddress(scratch.words, NAME_WORD, scratch, NAME);
writeAddress(scratch.words, CONTROL_WORD, scratch, CONTROL);

/** Takes all errors out of the queue, and calls `told` with each, in the order in which they came. */
export function readUdpErrors(fd: number, told: (error: UdpError) => void): void {
  for (let i = 0; i < ERRORS_MAX; i += 1) {
    scratch.words[NAME_SIZE_WORD] = ADDRESS_SIZE;
    scratch.words[CONTROL_SIZE_WORD] = CONTROL_SIZE;
    scratch.words[FLAGS_WORD] = 0;
    scratch.bytes.fill(0, NAME, NAME + ADDRESS_SIZE);
    if (libc.recvmsg(fd, scratch.address, MSG_ERRQUEUE_DONTWAIT) < 0) return;
    const error = (scratch.words[FLAGS_WORD] & MSG_CTRUNC) === 0 ? extendedError() : undefined;
    if (error !== undefined) told(error);
  }
}

/** Finds struct sock_extended_err among what the kernel told. */
function extendedError(): UdpError | undefined {
  const { ints } = scratch;
  const end = CONTROL + ints[CONTROL_SIZE_WORD];
  for (let at = CONTROL; at + CONTROL_HEADER_SIZE <= end; ) {
    const word = at / 4;
    const size = ints[word];
    if (size < CONTROL_HEADER_SIZE) return undefined;
    const level = ints[word + 2];
    const type = ints[word + 3];
    const isError = (level === IPPROTO_IP && type === IP_RECVERR) || (level === IPPROTO_IPV6 && type === IPV6_RECVERR);
    if (isError && size >= CONTROL_HEADER_SIZE + EXTENDED_ERROR_SIZE)
      return errorAt(at + CONTROL_HEADER_SIZE, at + size);
    at += (size + 7) & ~7;
  }
  return undefined;
}

function errorAt(at: number, end: number): UdpError {
  const { bytes, words } = scratch;
  const errno = words[at / 4];
  // The address of the host that sent the ICMP message stands behind; its family is 0 where there is none.
  const offender = at + EXTENDED_ERROR_SIZE;
  const hasFrom = offender + IPV4_ADDRESS_SIZE <= end && (words[offender / 4] & 0xffff) !== 0;
  return {
    errno,
    origin: ORIGINS[bytes[at + 4]] ?? 'other',
    type: bytes[at + 5],
    code: bytes[at + 6],
    mtu: errno === EMSGSIZE ? words[at / 4 + 2] : 0,
    to: unpackAddress(bytes.slice(NAME, NAME + ADDRESS_SIZE)),
    from: hasFrom ? unpackAddress(bytes.slice(offender, offender + ADDRESS_SIZE)).ip : undefined,
  };
}
