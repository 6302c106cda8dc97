// A client of the echo server: sends 64 bytes that differ from every earlier message, and accepts only the same bytes as
// the answer. A subclass decides what follows an answer.
import type { Socket } from '../../../src/linux/engine/socket.js';
import { type Memory, mapMemory } from '../../../src/linux/memory.js';
import type { ClientParts } from './parts.js';
import { ProxyClient } from './proxy-client.js';
import type { Run } from './run.js';

export const MESSAGE_SIZE = 64;
const PAGE_SIZE = 4096;
let page: Memory | undefined;
let pageUsed = PAGE_SIZE;
/** Number of messages so far, which each message begins with, so that bytes of another message are noticed. */
let serial = 0;

export abstract class EchoClient<Parts extends ClientParts = Run> extends ProxyClient<Parts> {
  readonly #memory: Memory;
  readonly #offset: number;
  #echoed = 0;

  constructor(run: Parts) {
    super(run);
    if (page === undefined || pageUsed === PAGE_SIZE) {
      page = mapMemory(PAGE_SIZE);
      pageUsed = 0;
    }
    this.#memory = page;
    this.#offset = pageUsed;
    pageUsed += MESSAGE_SIZE;
    for (let i = 0; i < MESSAGE_SIZE; i += 1) this.#memory.bytes[this.#offset + i] = (i * 37) & 255;
  }

  /** Called when the whole message has come back. */
  protected abstract echoed(socket: Socket): void;

  protected speak(socket: Socket): void {
    serial = (serial + 1) >>> 0;
    this.#memory.words[this.#offset >> 2] = serial;
    this.#memory.words[(this.#offset >> 2) + 1] = ~serial;
    this.#echoed = 0;
    this.say(socket, this.#memory, this.#offset, MESSAGE_SIZE);
  }

  protected override received(socket: Socket, memory: Memory, offset: number, size: number): void {
    if (this.#echoed + size > MESSAGE_SIZE) {
      this.fail('echo: more bytes than were sent');
      return;
    }
    const said = this.#memory.bytes;
    const first = this.#offset + this.#echoed;
    for (let i = 0; i < size; i += 1) {
      if (memory.bytes[offset + i] !== said[first + i]) {
        this.fail('echo: other bytes than were sent');
        return;
      }
    }
    this.#echoed += size;
    if (this.#echoed === MESSAGE_SIZE) this.echoed(socket);
  }
}
