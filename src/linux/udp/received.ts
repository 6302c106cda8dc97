// Reads what the kernel has written of a datagram: who sent it, and what it tells beside (recvmsg(2), cmsg(3)). One object for an
// engine, written anew for each receive.
import { AF_INET6 } from '../addresses.js';
import type { Memory } from '../memory.js';
import { CONTROL_HEADER_SIZE } from '../message-layout.js';
import type { Batch, Sender } from './datagrams.js';
import {
  IP_RECVFRAGSIZE,
  IP_TOS,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_RECVFRAGSIZE,
  IPV6_TCLASS,
  SOL_UDP,
  UDP_GRO,
} from './sockets.js';

/** Bytes for what the kernel tells: three messages with one int each. The sender's address has ADDRESS_SIZE. */
export const CONTROL_SIZE = 84;
/** Of the flags of a received message: it was longer than its buffer. */
export const MSG_TRUNC = 0x20;
const ECN_MASK = 3;

export class ReceivedBatch implements Batch {
  memory: Memory;
  offset = 0;
  count = 0;
  stride = 0;
  last = 0;
  readonly from: Sender = { isIpv6: false, a: 0, b: 0, c: 0, d: 0, port: 0 };
  ecn = 0;
  wasFragmented = false;

  constructor(memory: Memory) {
    this.memory = memory;
  }

  /** The address is at `name`, `controlSize` bytes of what the kernel tells at `control`, and `size` bytes of datagrams at `offset`. */
  read(memory: Memory, name: number, control: number, controlSize: number, offset: number, size: number): void {
    this.memory = memory;
    this.offset = offset;
    this.#readSender(name);
    this.ecn = 0;
    this.wasFragmented = false;
    this.stride = size;
    this.#readControl(control, control + controlSize);
    this.count = this.stride < size ? Math.ceil(size / this.stride) : 1;
    this.last = size - (this.count - 1) * this.stride;
  }

  #readSender(at: number): void {
    const { bytes } = this.memory;
    const { from } = this;
    from.isIpv6 = bytes[at] === AF_INET6;
    from.port = (bytes[at + 2] << 8) | bytes[at + 3];
    if (!from.isIpv6) {
      from.a = wordAt(bytes, at + 4);
      from.b = 0;
      from.c = 0;
      from.d = 0;
      return;
    }
    from.a = wordAt(bytes, at + 8);
    from.b = wordAt(bytes, at + 12);
    from.c = wordAt(bytes, at + 16);
    from.d = wordAt(bytes, at + 20);
  }

  #readControl(start: number, end: number): void {
    const { bytes, ints } = this.memory;
    for (let at = start; at + CONTROL_HEADER_SIZE < end; ) {
      const size = ints[at >> 2];
      if (size < CONTROL_HEADER_SIZE) return;
      const level = ints[(at >> 2) + 2];
      const type = ints[(at >> 2) + 3];
      const value = at + CONTROL_HEADER_SIZE;
      if (level === IPPROTO_IP) {
        // One byte.
        if (type === IP_TOS) this.ecn = bytes[value] & ECN_MASK;
        else if (type === IP_RECVFRAGSIZE) this.wasFragmented = true;
      } else if (level === IPPROTO_IPV6) {
        if (type === IPV6_TCLASS) this.ecn = ints[value >> 2] & ECN_MASK;
        else if (type === IPV6_RECVFRAGSIZE) this.wasFragmented = true;
      } else if (level === SOL_UDP && type === UDP_GRO && ints[value >> 2] > 0) this.stride = ints[value >> 2];
      at += (size + 7) & ~7;
    }
  }
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
