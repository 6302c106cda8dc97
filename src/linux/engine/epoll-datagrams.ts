// Datagrams in the epoll engine: many in one call, both ways (recvmmsg(2), sendmmsg(2)). Sends of one socket that follow each other
// go together. What is not of datagrams, the waiting and the sockets are epoll.ts's.
import { ADDRESS_SIZE } from '../addresses.js';
import { EAGAIN } from '../errno.js';
import * as libc from '../libc.js';
import { type Memory, mapMemory, unmap } from '../memory.js';
import {
  CONTROL_SIZE_WORD,
  CONTROL_WORD,
  FLAGS_WORD,
  HEADER_SIZE,
  HEADER_WORDS,
  NAME_SIZE_WORD,
  NAME_WORD,
  PIECE_SIZE,
  PIECES_COUNT_WORD,
  PIECES_WORD,
  TRANSFERRED_WORD,
  writeAddress,
  writePiece,
} from '../message-layout.js';
import type { Ownership } from '../ownership.js';
import type { Outgoing } from '../udp/datagrams.js';
import { CONTROL_SIZE, MSG_TRUNC, ReceivedBatch } from '../udp/received.js';
import { DATAGRAM_PREFACE, type GroupSize } from './buffers.js';
import { DatagramOutbox, MSG_DONTWAIT_NOSIGNAL } from './datagram-outbox.js';
import type { Socket } from './socket.js';
import { UnsentDatagrams } from './unsent-datagrams.js';

const MSG_DONTWAIT = 0x40;
/** Messages of one call. */
const RECEIVED_MAX = 32;
const SENT_MAX = 64;
/** Calls for one socket in a turn: others have their turn, too. */
const CALLS_MAX = 4;

/** In a buffer: the sender's address, what the kernel tells, and behind the preface the datagram. */
const NAME = 0;
const CONTROL = 32;

export class EpollDatagrams {
  readonly #ownership: Ownership;
  readonly #buffers: Memory;
  readonly #bufferSize: number;
  /** A struct mmsghdr for each message, and behind them all a struct iovec for each. */
  readonly #headers: Memory;
  readonly #batch: ReceivedBatch;
  readonly #outbox: DatagramOutbox;
  /** The socket of what is in the outbox. */
  #socket: Socket | undefined;
  readonly #unsent = new UnsentDatagrams();

  constructor(ownership: Ownership, group: GroupSize) {
    this.#ownership = ownership;
    this.#bufferSize = group.size;
    this.#buffers = mapMemory(group.size * RECEIVED_MAX);
    this.#headers = mapMemory((HEADER_SIZE + PIECE_SIZE) * RECEIVED_MAX);
    for (const memory of [this.#buffers, this.#headers]) ownership.mapped(memory, false);
    this.#batch = new ReceivedBatch(this.#buffers);
    this.#outbox = new DatagramOutbox(SENT_MAX, ownership);
    this.#layOut();
  }

  #layOut(): void {
    const { words } = this.#headers;
    for (let i = 0; i < RECEIVED_MAX; i += 1) {
      const word = i * HEADER_WORDS;
      const piece = RECEIVED_MAX * HEADER_SIZE + i * PIECE_SIZE;
      const buffer = i * this.#bufferSize;
      const datagram = buffer + DATAGRAM_PREFACE;
      writeAddress(words, word + NAME_WORD, this.#buffers, buffer + NAME);
      writeAddress(words, word + PIECES_WORD, this.#headers, piece);
      words[word + PIECES_COUNT_WORD] = 1;
      writeAddress(words, word + CONTROL_WORD, this.#buffers, buffer + CONTROL);
      writePiece(this.#headers, piece, this.#buffers, datagram, this.#bufferSize - DATAGRAM_PREFACE);
      this.#expect(i);
    }
  }

  /** The kernel writes what it has written over what it may write. */
  #expect(i: number): void {
    const word = i * HEADER_WORDS;
    this.#headers.words[word + NAME_SIZE_WORD] = ADDRESS_SIZE;
    this.#headers.words[word + CONTROL_SIZE_WORD] = CONTROL_SIZE;
  }

  /** Tells all that has come; true when there may be more than this turn has time for. */
  receive(socket: Socket): boolean {
    for (let calls = 0; calls < CALLS_MAX; calls += 1) {
      const count = libc.recvmmsg(socket.fd, this.#headers.address, RECEIVED_MAX, MSG_DONTWAIT, 0);
      if (count === -EAGAIN) return false;
      if (count < 0) socket.handler.onDatagramErrors(socket);
      for (let i = 0; i < count; i += 1) {
        if (!socket.closing) this.#tell(socket, i);
        this.#expect(i);
      }
      // The next call writes over what is being sent.
      this.flush();
      if (socket.closing) return false;
      // An error that comes in between wakes the thread again.
      if (count >= 0 && count < RECEIVED_MAX) return false;
    }
    return true;
  }

  #tell(socket: Socket, i: number): void {
    const { words } = this.#headers;
    const word = i * HEADER_WORDS;
    const buffer = i * this.#bufferSize;
    const size = Math.min(words[word + TRANSFERRED_WORD], this.#bufferSize - DATAGRAM_PREFACE);
    const controlSize = words[word + CONTROL_SIZE_WORD];
    this.#batch.read(this.#buffers, buffer + NAME, buffer + CONTROL, controlSize, buffer + DATAGRAM_PREFACE, size);
    if ((words[word + FLAGS_WORD] & MSG_TRUNC) !== 0) socket.handler.onDatagramsCut(socket, this.#batch.count);
    else socket.handler.onDatagrams(socket, this.#batch);
  }

  send(socket: Socket, out: Outgoing): void {
    this.#begin(socket);
    this.#post(socket, out);
  }

  sendCopy(
    socket: Socket,
    to: Uint8Array | undefined,
    head: Uint8Array | undefined,
    bytes: Uint8Array,
    ecn: number,
  ): void {
    this.#begin(socket);
    this.#post(socket, this.#outbox.copyOf(to, head, bytes, ecn));
  }

  /** Makes room for a message of this socket. */
  #begin(socket: Socket): void {
    if (this.#outbox.isFull || socket !== this.#socket) this.flush();
    this.#socket = socket;
  }

  #post(socket: Socket, out: Outgoing): void {
    const refusal = this.#outbox.refusal(out);
    if (refusal !== 0) {
      this.#unsent.add(socket, out.count, refusal);
      return;
    }
    if (this.#outbox.join(socket, out)) return;
    for (let first = 0; first < out.count; ) {
      if (this.#outbox.isFull) {
        this.flush();
        this.#socket = socket;
      }
      first += this.#outbox.add(socket, out, first);
    }
  }

  /** Sends now what there is to send. It calls no handler. */
  flush(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    const { count } = this.#outbox;
    for (let place = 0; place < count; ) {
      const address = this.#outbox.messages.addressOf(place);
      const result = libc.sendmmsg(socket.fd, address, count - place, MSG_DONTWAIT_NOSIGNAL);
      if (result > 0) place += result;
      else {
        this.#failed(socket, place, result);
        place += 1;
      }
    }
    this.#outbox.empty();
    this.#socket = undefined;
  }

  #failed(socket: Socket, place: number, error: number): void {
    const count = this.#outbox.again(place, error);
    if (count > 0) this.#unsent.add(socket, count, this.#outbox.error);
  }

  /** Sends what this socket has to send, before it is closed. */
  flushOf(socket: Socket): void {
    if (socket === this.#socket) this.flush();
  }

  /** Tells what was not sent. Returns how often. */
  tell(): number {
    return this.#unsent.tell();
  }

  destroy(): void {
    this.#outbox.destroy();
    for (const memory of [this.#buffers, this.#headers]) {
      this.#ownership.unmapping(memory);
      unmap(memory);
    }
  }
}
