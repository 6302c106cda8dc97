// Clients that say messages and check their echoes, up to an orderly end of both sides. What is special of a kind is where it
// takes its time.
import type { Socket } from '../../../src/linux/engine/socket.js';
import type { Memory } from '../../../src/linux/memory.js';
import { EchoClient } from '../../generator/clients/echo-client.js';
import type { ClientGroup } from './client-group.js';

/** Says one message. */
export class Talker extends EchoClient<ClientGroup> {
  readonly #heard: (due_ms: number) => void;
  #due_ms = 0;

  /** `heard` is called with the time at which the connection was due when its echo is complete. */
  constructor(group: ClientGroup, heard: (due_ms: number) => void = () => {}) {
    super(group);
    this.#heard = heard;
  }

  begin(due_ms: number): void {
    this.#due_ms = due_ms;
    this.open();
  }

  protected override established(socket: Socket): void {
    this.speak(socket);
  }

  protected override echoed(socket: Socket): void {
    this.#heard(this.#due_ms);
    this.part(socket);
  }

  protected override parted(): void {
    this.run.verified();
    this.close('graceful');
  }
}

/** Stops once in the middle of what it says: before the first byte of one of its messages, or behind one of its bytes. */
export class HaltingTalker extends Talker {
  /** Messages before the one in whose middle it stops. */
  #before: number;

  constructor(group: ClientGroup) {
    super(group);
    const { route } = group;
    const messages = route.handshake ? route.nextTalk().length + 1 : 1;
    this.#before = Math.floor(Math.random() * messages);
  }

  protected override say(socket: Socket, memory: Memory, offset: number, size: number): void {
    this.#before -= 1;
    if (this.#before !== -1) {
      super.say(socket, memory, offset, size);
      return;
    }
    const first = Math.floor(Math.random() * size);
    if (first > 0) super.say(socket, memory, offset, first);
    // It makes no progress meanwhile, which is its own doing.
    this.run.left(this);
    this.run.after(this.run.someTime_ms(), () => {
      if (this.socket !== socket) return;
      this.progress_ms = this.run.engine.clock();
      this.run.joined(this);
      super.say(socket, memory, offset + first, size - first);
    });
  }
}

/** Says a second message after it was silent for a while, or when it is told to. */
export class IdleTalker extends Talker {
  readonly #isThroughout: boolean;
  #isAsked = false;
  #isSilent = false;

  constructor(group: ClientGroup, isThroughout: boolean) {
    super(group);
    this.#isThroughout = isThroughout;
  }

  protected override echoed(socket: Socket): void {
    if (this.#isAsked) {
      this.part(socket);
      return;
    }
    this.#isSilent = true;
    this.run.left(this);
    if (!this.#isThroughout) this.run.after(this.run.someTime_ms(), () => this.conclude());
  }

  /** It says its last message, at once or when its first one has been answered. */
  conclude(): void {
    this.#isAsked = true;
    if (!this.#isSilent || this.socket === undefined) return;
    this.#isSilent = false;
    this.progress_ms = this.run.engine.clock();
    this.run.joined(this);
    this.speak(this.socket);
  }
}
