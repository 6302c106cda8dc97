// The datagrams that one turn of an engine sends, of all sockets: it keeps them until the kernel has taken them, and sends again what
// failed for a reason that is no longer there. It submits nothing itself: see uring-datagrams.ts and epoll-datagrams.ts.
import { EAGAIN, EINVAL, EIO, EMSGSIZE, ENOBUFS, EOPNOTSUPP } from '../errno.js';
import * as libc from '../libc.js';
import type { Ownership } from '../ownership.js';
import type { Outgoing } from '../udp/datagrams.js';
import { DATAGRAM_MAX, DatagramMessages, HEAD_MAX } from '../udp/messages.js';
import { allowFragments } from '../udp/sockets.js';
import { OutgoingDatagrams } from './outgoing.js';
import type { Socket } from './socket.js';

export const MSG_DONTWAIT_NOSIGNAL = 0x40 | 0x4000;
/** An error of an earlier datagram takes the place of a send. While others are answered by ICMP at once, that may repeat. */
const TRIES = 3;

/** A message of one socket, with `count` datagrams. */
interface Posting {
  socket: Socket | undefined;
  count: number;
  mayFragment: boolean;
}

export class DatagramOutbox {
  readonly messages: DatagramMessages;
  readonly #postings: Posting[] = [];
  /** Messages of this turn. */
  count = 0;
  /** The reason of what `again` could not send: a negated errno. */
  error = 0;
  readonly #copy: Outgoing;

  constructor(capacity: number, ownership: Ownership) {
    this.messages = new DatagramMessages(capacity, ownership);
    this.#copy = new OutgoingDatagrams(this.messages.slabs.memory);
  }

  get isFull(): boolean {
    return this.count === this.messages.capacity;
  }

  /** Why such datagrams are not even tried: a negated errno, 0 for no reason. */
  refusal({ size, last, head }: Outgoing): number {
    const more = head === undefined ? 0 : head.length;
    return more <= HEAD_MAX && Math.max(size, last) + more <= DATAGRAM_MAX ? 0 : -EMSGSIZE;
  }

  /** Lets `out` go with the last message, if it is one datagram that may, and the message has not been submitted. */
  join(socket: Socket, out: Outgoing): boolean {
    if (out.count !== 1 || this.count === 0) return false;
    const last = this.#postings[this.count - 1];
    if (last.socket !== socket || socket.sendsSingly || last.mayFragment !== out.mayFragment) return false;
    if (!this.messages.join(this.count - 1, out, last.count)) return false;
    last.count += 1;
    return true;
  }

  /** Adds a message with datagrams of `out` from the `first` one on, as many as go together: returns how many. Not when full. */
  add(socket: Socket, out: Outgoing, first: number): number {
    const count = socket.sendsSingly ? 1 : Math.min(this.messages.together(out), out.count - first);
    const index = this.count;
    this.count += 1;
    this.messages.write(index, out, first, count);
    if (index === this.#postings.length) this.#postings.push({ socket, count, mayFragment: out.mayFragment });
    const posting = this.#postings[index];
    posting.socket = socket;
    posting.count = count;
    posting.mayFragment = out.mayFragment;
    return count;
  }

  /** What sends a copy of `bytes`; lent until the next call. */
  copyOf(to: Uint8Array | undefined, head: Uint8Array | undefined, bytes: Uint8Array, ecn: number): Outgoing {
    const copy = this.#copy;
    copy.to = to;
    copy.head = head;
    copy.offset = 0;
    copy.size = bytes.length;
    copy.last = bytes.length;
    copy.stride = bytes.length;
    copy.ecn = ecn;
    if (this.refusal(copy) !== 0) return copy;
    copy.offset = this.messages.slabs.reserve(bytes.length);
    copy.memory = this.messages.slabs.memory;
    copy.memory.bytes.set(bytes, copy.offset);
    return copy;
  }

  socketOf(index: number): Socket | undefined {
    return index < this.count ? this.#postings[index].socket : undefined;
  }

  countOf(index: number): number {
    return this.#postings[index].count;
  }

  /**
   * Message `index` failed with `error`. Sends it again by direct calls, where that may help: after an error that ICMP told of an
   * earlier datagram; one by one where the way out does not cut; in fragments where its sender allows them. Returns how many
   * datagrams were not sent, and leaves the reason in `error`.
   */
  again(index: number, error: number): number {
    const { socket, count, mayFragment } = this.#postings[index];
    this.error = error;
    if (socket === undefined || isFull(error)) return count;
    if (count === 1) return this.#sendAgain(socket.fd, this.messages.addressOf(index), error, mayFragment) ? 0 : 1;
    let failed = error;
    if (!isOfSize(error)) {
      if (this.#sendAgain(socket.fd, this.messages.addressOf(index), error, false)) return 0;
      failed = this.error;
      if (!isOfSize(failed)) return count;
    }
    if (failed !== -EMSGSIZE) socket.sendsSingly = true;
    let unsent = 0;
    for (let segment = 0; segment < count; segment += 1) {
      const address = this.messages.single(index, segment, count);
      if (this.#sendAgain(socket.fd, address, 0, mayFragment)) continue;
      unsent += 1;
      if (isFull(this.error)) return unsent + count - segment - 1;
    }
    return unsent;
  }

  /** `before`: what the first try came to, 0 for none. */
  #sendAgain(fd: number, address: number, before: number, mayFragment: boolean): boolean {
    let error = before;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const result = libc.sendmsg(fd, address, MSG_DONTWAIT_NOSIGNAL);
      if (result >= 0) return true;
      const isSame = result === error;
      error = result;
      // Our own kernel says so again; an ICMP message could not.
      if (isFull(result) || result === -EINVAL || (result === -EMSGSIZE && isSame)) break;
    }
    if (error === -EMSGSIZE && mayFragment) error = sendInFragments(fd, address);
    if (error < 0) this.error = error;
    return error >= 0;
  }

  /** The kernel has taken or refused everything: forgets it. */
  empty(): void {
    for (let i = 0; i < this.count; i += 1) this.#postings[i].socket = undefined;
    this.count = 0;
    this.messages.empty();
  }

  destroy(): void {
    this.messages.destroy();
  }
}

/** Nothing but time helps: there is no room. */
const isFull = (error: number): boolean => error === -EAGAIN || error === -ENOBUFS;

/**
 * Of datagrams that go together: one by one they may have better luck. They are longer than the link takes, or it has no means to cut
 * them: a tunnel, or a socket without checksums.
 */
const isOfSize = (error: number): boolean =>
  error === -EMSGSIZE || error === -EIO || error === -EINVAL || error === -EOPNOTSUPP;

function sendInFragments(fd: number, address: number): number {
  const isIpv6 = allowFragments(fd, true, true) === 0;
  if (!isIpv6) allowFragments(fd, false, true);
  const result = libc.sendmsg(fd, address, MSG_DONTWAIT_NOSIGNAL);
  allowFragments(fd, isIpv6, false);
  return result;
}
