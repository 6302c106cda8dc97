// What a UDP socket's error queue holds: errors that ICMP told of datagrams sent earlier, and those of our own kernel
// (ip(7) IP_RECVERR). An engine tells when to look: `onDatagramErrors`.
import { ADDRESS_SIZE, type Endpoint, unpackAddress } from '../addresses.js';
import { EMSGSIZE } from '../errno.js';
import * as libc from '../libc.js';
import { mapMemory } from '../memory.js';
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

/** struct msghdr at 0, the address at NAME, what the kernel tells at CONTROL. */
const NAME = 64;
const CONTROL = 128;
const CONTROL_SIZE = 512;
const scratch = mapMemory(4096);
const view = new DataView(scratch.bytes.buffer);

/** Takes all errors out of the queue, and calls `told` with each, in the order in which they came. */
export function readUdpErrors(fd: number, told: (error: UdpError) => void): void {
  for (let i = 0; i < ERRORS_MAX; i += 1) {
    view.setBigUint64(0, BigInt(scratch.address + NAME), true);
    view.setUint32(8, ADDRESS_SIZE, true);
    view.setBigUint64(16, 0n, true);
    view.setBigUint64(24, 0n, true);
    view.setBigUint64(32, BigInt(scratch.address + CONTROL), true);
    view.setBigUint64(40, BigInt(CONTROL_SIZE), true);
    view.setUint32(48, 0, true);
    scratch.bytes.fill(0, NAME, NAME + ADDRESS_SIZE);
    if (libc.recvmsg(fd, scratch.address, MSG_ERRQUEUE_DONTWAIT) < 0) return;
    const error = (view.getUint32(48, true) & MSG_CTRUNC) === 0 ? extendedError() : undefined;
    if (error !== undefined) told(error);
  }
}

/** Finds struct sock_extended_err among what the kernel told. */
function extendedError(): UdpError | undefined {
  const end = CONTROL + Number(view.getBigUint64(40, true));
  for (let at = CONTROL; at + 16 <= end; ) {
    const size = Number(view.getBigUint64(at, true));
    if (size < 16) return undefined;
    const level = view.getInt32(at + 8, true);
    const type = view.getInt32(at + 12, true);
    const isError = (level === IPPROTO_IP && type === IP_RECVERR) || (level === IPPROTO_IPV6 && type === IPV6_RECVERR);
    if (isError && size >= 32) return errorAt(at + 16, at + size);
    at += (size + 7) & ~7;
  }
  return undefined;
}

function errorAt(at: number, end: number): UdpError {
  const { bytes } = scratch;
  const code = bytes[at + 6];
  const origin = ORIGINS[bytes[at + 4]] ?? 'other';
  const errno = view.getUint32(at, true);
  // The address of the host that sent the ICMP message stands behind; its family is 0 where there is none.
  const offender = at + 16;
  const hasFrom = offender + 16 <= end && view.getUint16(offender, true) !== 0;
  return {
    ...{ errno, origin, type: bytes[at + 5], code, mtu: errno === EMSGSIZE ? view.getUint32(at + 8, true) : 0 },
    to: unpackAddress(bytes.slice(NAME, NAME + ADDRESS_SIZE)),
    from: hasFrom ? unpackAddress(bytes.slice(offender, offender + ADDRESS_SIZE)).ip : undefined,
  };
}
