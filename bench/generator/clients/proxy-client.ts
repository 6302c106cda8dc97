// One client connection of a load, up to where data can be exchanged: open, connect, and what it says to the proxy (speech.ts);
// each answer is checked. A subclass decides what is exchanged then. One object carries one connection after another, so that
// a connection allocates little.
import { BufferGroup } from '../../../src/linux/engine/buffers.js';
import type { Ending } from '../../../src/linux/engine/engine.js';
import { Handler, type Socket } from '../../../src/linux/engine/socket.js';
import { errorName } from '../../../src/linux/error-name.js';
import type { Memory } from '../../../src/linux/memory.js';
import { shutdownWrite } from '../../../src/linux/sockets.js';
import type { ClientParts, Participant } from './parts.js';
import type { PlacedMessage } from './route.js';
import type { Run } from './run.js';
import { ANSWER_SIZE_MAX, type Step } from './speech.js';

export abstract class ProxyClient<Parts extends ClientParts = Run> extends Handler implements Participant {
  protected readonly run: Parts;
  protected socket: Socket | undefined;
  /** The buffers for receives of the exchange. */
  protected group: BufferGroup = BufferGroup.handshake;
  /** When the connection was begun, and when it last made progress (the engine's clock). */
  protected began_ms = 0;
  protected progress_ms = 0;
  #step: Step | 'closed' | 'connect' | 'exchange' | 'parting' = 'closed';
  /** What it says, and the place in it of the message whose answer is awaited. */
  #talk: readonly PlacedMessage[] = [];
  #place = 0;
  readonly #answer = new Uint8Array(ANSWER_SIZE_MAX);
  #got = 0;

  constructor(run: Parts) {
    super();
    this.run = run;
  }

  /** Called when data can be exchanged. */
  protected abstract established(socket: Socket): void;
  /** Called with bytes of the exchange; the memory belongs to the engine again afterwards. */
  protected abstract received(socket: Socket, memory: Memory, offset: number, size: number): void;

  /** Waits for the next bytes of the exchange. */
  protected listen(socket: Socket): void {
    this.run.engine.receive(socket, this.group);
  }

  /** Says the end of what it sends; `parted` is called when the peer has done so, too. Bytes from then on are a failure. */
  protected part(socket: Socket): void {
    this.#step = 'parting';
    shutdownWrite(socket.fd);
  }

  protected parted(): void {}

  protected get exchanging(): boolean {
    return this.#step === 'exchange';
  }

  open(): void {
    this.began_ms = this.run.engine.clock();
    this.progress_ms = this.began_ms;
    this.#step = 'connect';
    this.run.joined(this);
    const socket = this.run.dial(this);
    if (typeof socket === 'string') this.fail(socket);
    else this.socket = socket;
  }

  protected close(ending: Ending): void {
    const { socket } = this;
    this.#step = 'closed';
    this.socket = undefined;
    this.run.left(this);
    if (socket !== undefined) this.run.engine.close(socket, ending);
  }

  protected fail(cause: string): void {
    if (this.#step === 'closed') return;
    this.run.tally.failed(cause);
    this.close('reset');
  }

  expire(before_ms: number): void {
    if (this.progress_ms < before_ms) this.fail(`${this.#step}: no progress`);
  }

  /** Sends what always has room: at most some hundred bytes, on a connection that has nothing unsent. */
  protected say(socket: Socket, memory: Memory, offset: number, size: number): void {
    this.run.engine.send(socket, memory, offset, size);
  }

  override onUnsent(_socket: Socket, rest: Uint8Array, error: number): void {
    this.fail(`${this.#step}: send: ${errorName(error)}, ${rest.length} bytes left`);
  }

  override onConnect(socket: Socket, result: number): void {
    if (result < 0) {
      this.fail(`connect: ${errorName(result)}`);
      return;
    }
    const { route, engine } = this.run;
    if (!route.handshake) {
      this.#establish(socket);
      return;
    }
    this.#talk = route.nextTalk();
    this.#begin(socket, 0);
    engine.receive(socket, BufferGroup.handshake);
  }

  /** Says the message at that place. */
  #begin(socket: Socket, place: number): void {
    const { message, memory, offset } = this.#talk[place];
    this.#place = place;
    this.#got = 0;
    this.#step = message.step;
    this.say(socket, memory, offset, message.bytes.length);
  }

  #establish(socket: Socket): void {
    this.#step = 'exchange';
    this.established(socket);
    if (this.socket === socket) this.listen(socket);
  }

  override onReceive(socket: Socket, result: number, memory: Memory, offset: number): void {
    if (this.#step === 'parting' && result >= 0) {
      if (result === 0) this.parted();
      else this.fail('parting: more bytes than were sent');
      return;
    }
    if (result <= 0) {
      this.fail(`${this.#step}: ${result === 0 ? 'closed by the peer' : errorName(result)}`);
      return;
    }
    this.progress_ms = this.run.engine.now;
    if (this.#step !== 'exchange') {
      this.#handshake(socket, memory, offset, result);
      return;
    }
    this.received(socket, memory, offset, result);
    if (this.socket === socket) this.listen(socket);
  }

  #handshake(socket: Socket, memory: Memory, offset: number, size: number): void {
    let read = 0;
    while (read < size && this.#step !== 'exchange') {
      this.#hear(socket, memory.bytes[offset + read]);
      read += 1;
      if (this.socket !== socket) return;
    }
    if (this.#step !== 'exchange') {
      this.run.engine.receive(socket, BufferGroup.handshake);
      return;
    }
    this.established(socket);
    // A server that speaks first may have spoken already.
    if (this.socket === socket && read < size) this.received(socket, memory, offset + read, size - read);
    if (this.socket === socket) this.listen(socket);
  }

  #hear(socket: Socket, octet: number): void {
    this.#answer[this.#got] = octet;
    this.#got += 1;
    const heard = this.#talk[this.#place].message.heard(this.#answer, this.#got);
    if (heard === 'more') {
      if (this.#got === ANSWER_SIZE_MAX) this.fail(`${this.#step}: the answer does not end`);
      return;
    }
    if (heard !== 'whole') {
      this.fail(`${this.#step}: ${heard.wrong}`);
      return;
    }
    const next = this.#place + 1;
    if (next < this.#talk.length) this.#begin(socket, next);
    else this.#step = 'exchange';
  }
}
