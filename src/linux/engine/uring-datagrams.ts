// Datagrams in the io_uring engine: multishot receives into buffers of their own group, and a message for each send of the turn.
// What is not of datagrams, the ring and the sockets are uring.ts's.
import { ADDRESS_SIZE } from '../addresses.js';
import { ENOBUFS } from '../errno.js';
import { type Memory, mapMemory, unmap } from '../memory.js';
import { CONTROL_SIZE_WORD, NAME_SIZE_WORD, writeAddress } from '../message-layout.js';
import type { Ownership } from '../ownership.js';
import type { Outgoing } from '../udp/datagrams.js';
import { CONTROL_SIZE, MSG_TRUNC, ReceivedBatch } from '../udp/received.js';
import { BufferGroup, DATAGRAM_PREFACE, type GroupSize } from './buffers.js';
import { DatagramOutbox, MSG_DONTWAIT_NOSIGNAL } from './datagram-outbox.js';
import type { Ring } from './ring.js';
import type { Socket } from './socket.js';
import { tellUnsent, UnsentDatagrams } from './unsent-datagrams.js';

const SENDMSG = 9;
const RECVMSG = 10;
const BUFFER_SELECT = 1 << 5;
const SKIP_SUCCESS = 1 << 6;
const RECV_MULTISHOT = 2;

/** In a buffer: struct io_uring_recvmsg_out, the sender's address, what the kernel tells, the datagram. */
const TOLD_SIZE_WORD = 1;
const PAYLOAD_SIZE_WORD = 2;
const PAYLOAD_FLAGS_WORD = 3;
const NAME = 16;
const CONTROL = NAME + ADDRESS_SIZE;

/** Messages of one turn; what is more is not sent. */
export const MESSAGES_MAX = 4096;

/** In the user data of a send: its place among the turn's, and the turn above it. */
const TURN_SHIFT = 24;
const PLACE_MASK = (1 << TURN_SHIFT) - 1;
const TURN_MASK = 0xff;

export class UringDatagrams {
  readonly #ring: Ring;
  readonly #ownership: Ownership;
  /** The struct msghdr of every receive. */
  readonly #header: Memory = mapMemory(4096);
  readonly #batch = new ReceivedBatch(this.#header);
  /** The sends of this turn, and those of the last one, whose failures arrive in this turn. */
  #outbox: DatagramOutbox;
  #posted: DatagramOutbox;
  #turn = 0;
  /** `Ring.submissions` when the last message was prepared: until the next one, the kernel has not seen it. */
  #submission = 0;
  readonly #unsent = new UnsentDatagrams();
  /** The buffers of the datagrams that the handler is told of now, and whether it sends them on. */
  #told: Memory | undefined;
  #isLent = false;

  constructor(ring: Ring, ownership: Ownership) {
    this.#ring = ring;
    this.#ownership = ownership;
    ownership.mapped(this.#header, false);
    this.#header.words[NAME_SIZE_WORD] = ADDRESS_SIZE;
    this.#header.words[CONTROL_SIZE_WORD] = CONTROL_SIZE;
    this.#outbox = new DatagramOutbox(MESSAGES_MAX, ownership);
    this.#posted = new DatagramOutbox(MESSAGES_MAX, ownership);
  }

  /** Maps the buffers: 0, or a negated errno. */
  provide(size: GroupSize): number {
    return this.#ring.provide(BufferGroup.datagrams, size);
  }

  /** `high`: the upper half of the user data. */
  receive({ fd, slot }: Socket, high: number): void {
    const word = this.#ring.prepare(RECVMSG | (BUFFER_SELECT << 8) | (RECV_MULTISHOT << 16), fd, slot, high);
    writeAddress(this.#ring.words, word + 4, this.#header, 0);
    this.#ring.words[word + 10] = BufferGroup.datagrams;
  }

  /** Buffer `id` has been filled. Returns whether it is lent to sends of this turn, and given back with them. */
  received(socket: Socket, id: number): boolean {
    const buffers = this.#ring.buffers(BufferGroup.datagrams);
    const { memory } = buffers;
    const offset = buffers.offset(id);
    const word = offset >> 2;
    const size = memory.ints[word + PAYLOAD_SIZE_WORD];
    const controlSize = memory.ints[word + TOLD_SIZE_WORD];
    this.#batch.read(memory, offset + NAME, offset + CONTROL, controlSize, offset + DATAGRAM_PREFACE, size);
    if ((memory.ints[word + PAYLOAD_FLAGS_WORD] & MSG_TRUNC) !== 0) {
      socket.handler.onDatagramsCut(socket, this.#batch.count);
      return false;
    }
    this.#told = memory;
    this.#isLent = false;
    socket.handler.onDatagrams(socket, this.#batch);
    this.#told = undefined;
    return this.#isLent;
  }

  /** `high`: the upper half of the user data. */
  send(socket: Socket, out: Outgoing, high: number): void {
    if (out.memory === this.#told) this.#isLent = true;
    this.#post(socket, out, high);
  }

  sendCopy(
    socket: Socket,
    to: Uint8Array | undefined,
    head: Uint8Array | undefined,
    bytes: Uint8Array,
    ecn: number,
    high: number,
  ): void {
    this.#post(socket, this.#outbox.copyOf(to, head, bytes, ecn), high);
  }

  #post(socket: Socket, out: Outgoing, high: number): void {
    const refusal = this.#outbox.refusal(out);
    if (refusal !== 0) {
      this.#unsent.add(socket, out.count, refusal);
      return;
    }
    if (this.#submission === this.#ring.submissions && this.#outbox.join(socket, out)) return;
    for (let first = 0; first < out.count; ) {
      if (this.#outbox.isFull) {
        this.#unsent.add(socket, out.count - first, -ENOBUFS);
        return;
      }
      const place = this.#outbox.count;
      first += this.#outbox.add(socket, out, first);
      const word = this.#ring.prepare(
        SENDMSG | (SKIP_SUCCESS << 8),
        socket.fd,
        place | (this.#turn << TURN_SHIFT),
        high,
      );
      this.#outbox.messages.writeAddressOf(place, this.#ring.words, word + 4);
      this.#ring.words[word + 6] = 1;
      this.#ring.words[word + 7] = MSG_DONTWAIT_NOSIGNAL;
      this.#submission = this.#ring.submissions;
    }
  }

  /** The sends so far are those of the last turn from now on. */
  turn(): void {
    const posted = this.#outbox;
    this.#outbox = this.#posted;
    this.#posted = posted;
    this.#turn = (this.#turn + 1) & TURN_MASK;
  }

  /** A send has failed. Returns false where it is not known any more: its completion comes late, or its socket is gone. */
  failed(low: number, error: number): boolean {
    const turn = low >>> TURN_SHIFT;
    if (turn !== ((this.#turn - 1) & TURN_MASK)) return false;
    const place = low & PLACE_MASK;
    const socket = this.#posted.socketOf(place);
    if (socket === undefined || socket.closing) return false;
    const unsent = this.#posted.again(place, error);
    if (unsent > 0) tellUnsent(socket, unsent, this.#posted.error);
    // The send has taken the error, so that no receive tells of it.
    else socket.handler.onDatagramErrors(socket);
    return true;
  }

  /** The turn's completions have been told: what its sends needed is free. */
  empty(): void {
    this.#posted.empty();
    this.#unsent.tell();
  }

  destroy(): void {
    this.#outbox.destroy();
    this.#posted.destroy();
    this.#ownership.unmapping(this.#header);
    unmap(this.#header);
  }
}
