// Connections of one client that never end their handshake: of each two, one says nothing, and the other says one byte a
// second of a long SOCKS5 greeting. One that the subject ends is opened again at its next beat, as a client does that means
// harm. They are no load: nothing is timed, and it is no failure that the subject turns one away.
import { BufferGroup } from '../../../src/linux/engine/buffers.js';
import { Handler, type Socket } from '../../../src/linux/engine/socket.js';
import { mapMemory } from '../../../src/linux/memory.js';
import type { Outcome } from '../../shared/messages.js';
import { dial } from '../clients/dial.js';
import type { Participant } from '../clients/parts.js';
import type { Run } from '../clients/run.js';
import type { Crowd } from './crowd.js';
import { Pace } from './pace.js';

/** The one client; the loads have other addresses (route.ts). */
const SOURCE = new Uint8Array([127, 3, 0, 1]);
/** From one beat of a connection to its next. */
const BEAT_MS = 1000;
/** Connections that are being opened at the same time while the crowd grows, or closed in one turn. */
const WINDOW = 128;
/** Turns, of a millisecond at most, until all are closed. */
const CLOSING_TURNS_MAX = 1000;
/** Version 5 and 255 methods: no handshake has time for so many bytes. */
const greeting = mapMemory(4096);
const GREETING_SIZE = 2 + 255;
greeting.bytes.set([5, 255]);

class SlowConnection extends Handler implements Participant {
  readonly #run: Run;
  readonly #dribbles: boolean;
  readonly #opened: () => void;
  #socket: Socket | undefined;
  #isConnected = false;
  /** Bytes that have been said. */
  #said = 0;
  #began_ms = 0;

  /** `opened` is called when an attempt to open it has an outcome. */
  constructor(run: Run, dribbles: boolean, opened: () => void) {
    super();
    this.#run = run;
    this.#dribbles = dribbles;
    this.#opened = opened;
  }

  get isHeld(): boolean {
    return this.#isConnected;
  }

  beat(): void {
    if (this.#socket === undefined) this.open();
    else if (this.#isConnected) this.#dribble(this.#socket);
  }

  open(): void {
    const { engine, route } = this.#run;
    this.#began_ms = engine.clock();
    this.#said = 0;
    this.#run.joined(this);
    const socket = dial(engine, this, SOURCE, route.entry);
    if (typeof socket === 'string') this.#fail(socket);
    else this.#socket = socket;
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#isConnected = false;
    this.#run.left(this);
    // Its port is free at once.
    if (socket !== undefined) this.#run.engine.close(socket, 'reset');
  }

  /** The subject has no room for it now. */
  expire(before_ms: number): void {
    if (this.#began_ms < before_ms) this.#end();
  }

  override onConnect(socket: Socket, result: number): void {
    if (result < 0) {
      this.#end();
      return;
    }
    this.#isConnected = true;
    this.#run.left(this);
    this.#run.engine.receive(socket, BufferGroup.handshake);
    this.#dribble(socket);
    this.#opened();
  }

  /** Whatever the subject says is a refusal, or the end. */
  override onReceive(): void {
    this.close();
  }

  override onUnsent(): void {
    this.close();
  }

  #dribble(socket: Socket): void {
    if (!this.#dribbles || this.#said === GREETING_SIZE) return;
    this.#run.engine.send(socket, greeting, this.#said, 1);
    this.#said += 1;
  }

  /** An attempt to open it has failed. */
  #end(): void {
    this.close();
    this.#opened();
  }

  /** For want of something on this machine: then there is no crowd to measure beside. */
  #fail(cause: string): void {
    this.#run.tally.failed(`slow connections: ${cause}`);
    this.#end();
  }
}

export class SlowCrowd implements Crowd {
  readonly #run: Run;
  readonly #connections: SlowConnection[] = [];
  readonly #pace = new Pace(BEAT_MS);
  /** The connection whose beat is next. */
  #next = 0;

  constructor(run: Run) {
    this.#run = run;
  }

  /** Tries each new one once. Verified are those that are connected. */
  grow(connections: number): Outcome {
    let next = this.#connections.length;
    let free = WINDOW;
    let isOpening = false;
    const open = (): void => {
      // A loop and not a recursion, because an attempt may fail at once.
      if (isOpening) return;
      isOpening = true;
      for (; free > 0 && next < this.#connections.length; next += 1) {
        free -= 1;
        this.#connections[next].open();
      }
      isOpening = false;
    };
    const opened = (): void => {
      free += 1;
      open();
    };
    while (this.#connections.length < connections) {
      this.#connections.push(new SlowConnection(this.#run, this.#connections.length % 2 === 1, opened));
    }
    const outcome = this.#run.carryOut(Number.POSITIVE_INFINITY, open);
    return { ...outcome, verified: this.#held };
  }

  /** Lets those do something whose time it is, so that each has a beat in BEAT_MS. */
  beat(now_ms: number): void {
    const count = this.#pace.due(now_ms, this.#connections.length);
    for (let i = 0; i < count; i += 1) {
      this.#next = (this.#next + 1) % this.#connections.length;
      this.#connections[this.#next].beat();
    }
  }

  /** Verified are those that were connected. */
  release(): Outcome {
    const verified = this.#held;
    const { engine } = this.#run;
    const outcome = this.#run.carryOut(0, () => {
      for (const [index, connection] of this.#connections.entries()) {
        connection.close();
        if (index % WINDOW === WINDOW - 1) engine.turn(0);
      }
      // A close waits for the operations that it cancels. The engine has no turns between two orders.
      for (let turns = 0; engine.size > 0 && turns < CLOSING_TURNS_MAX; turns += 1) engine.turn(1);
    });
    return { ...outcome, verified };
  }

  get #held(): number {
    return this.#connections.reduce((count, { isHeld }) => count + Number(isHeld), 0);
  }
}
