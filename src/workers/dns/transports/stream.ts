// One connection to a server over TCP or TLS, with many questions under way on it (RFC 7766). It ends when it has been idle,
// or at the first error. It does not reconnect: see tcp.ts.
import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import { encodeQuery, judgeAnswer, type Question } from '../../../protocol/dns/message.js';
import { type Asked, exchange, failed, type Hear, noAnswer, type Reply } from '../ask/exchange.js';
import { Frames, framed } from './frames.js';

/** Servers close idle connections after a few seconds themselves. */
const IDLE_MS = 5000;
/** Including questions given up whose answers are still to come. */
export const PENDING_MAX = 1024;
/** A question given up after at least this time, with nothing received since it was asked, marks the connection as stuck. */
const SILENT_MS = 1000;
/** Error codes of a socket that its peer has closed before. */
const DROPPED: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE']);

interface Pending {
  readonly question: Question;
  readonly edns: boolean;
  /** undefined once it is given up. */
  settle: ((reply: Reply) => void) | undefined;
  readonly since_ms: number;
}

export class StreamConnection {
  /** Whether any question was answered on it. */
  hasAnswered = false;
  /** Whether it was closed or reset, as happens to a connection that was kept for too long. */
  wasDropped = false;
  /** Whether it should be given no further question: it may have died in silence. */
  isStuck = false;
  readonly #pending = new Map<number, Pending>();
  readonly #abort = new AbortController();
  readonly #ended: () => void;
  readonly #frames = new Frames();
  #wanted = 0;
  /** When bytes last arrived. */
  #heard_ms = performance.now();
  #socket: Socket | undefined;
  #idle: NodeJS.Timeout | undefined;
  #over = false;

  /** `ended` is called once, when it takes no more questions. */
  constructor(dial: (signal: AbortSignal) => Promise<Socket>, ended: () => void) {
    this.#ended = ended;
    void dial(this.#abort.signal).then(
      (socket) => this.#opened(socket),
      (error: NodeJS.ErrnoException) => this.#end(noAnswer(error)),
    );
  }

  /** Questions under way, including those given up whose answers are still to come. */
  get size(): number {
    return this.#pending.size;
  }

  get isFull(): boolean {
    return this.#pending.size >= PENDING_MAX;
  }

  ask(question: Question, hear: Hear<Reply>, edns: boolean): Asked {
    return exchange(hear, (settle) => {
      const pending: Pending = { question, edns, settle, since_ms: performance.now() };
      let id = randomInt(0x10000);
      while (this.#pending.has(id)) id = randomInt(0x10000);
      this.#pending.set(id, pending);
      this.#wanted += 1;
      clearTimeout(this.#idle);
      this.#socket?.write(framed(encodeQuery(question, id, { edns })));
      return () => {
        pending.settle = undefined;
        this.#wanted -= 1;
        // The question has not been sent, and need not be.
        if (this.#socket === undefined) this.#pending.delete(id);
        const { since_ms } = pending;
        if (this.#heard_ms <= since_ms && performance.now() - since_ms >= SILENT_MS) this.isStuck = true;
        if (this.#wanted > 0 || this.#over) return;
        // No question waits: a connection that is not open yet, or is stuck, ends at once.
        if (this.#socket === undefined || this.isStuck) this.#end(failed('given up'));
        else this.#idle = setTimeout(() => this.close(), IDLE_MS);
      };
    });
  }

  close(): void {
    this.wasDropped ||= !this.#over;
    this.#end(failed('closed before the answer'));
  }

  #opened(socket: Socket): void {
    if (this.#over) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.wasDropped ||= !this.#over && DROPPED.has(error.code);
      this.#end(noAnswer(error));
    });
    socket.on('close', () => this.close());
    socket.on('data', (chunk: Buffer) => {
      this.#heard_ms = performance.now();
      this.isStuck = false;
      for (const message of this.#frames.add(chunk)) this.#message(message);
    });
    for (const [id, { question, edns }] of this.#pending) socket.write(framed(encodeQuery(question, id, { edns })));
  }

  #message(message: Buffer): void {
    const id = message.length >= 2 ? message.readUInt16BE(0) : -1;
    const pending = this.#pending.get(id);
    if (pending === undefined) {
      this.#invalid(message.length < 12 ? 'malformed' : 'wrong-id');
      return;
    }
    this.#pending.delete(id);
    const judgement = judgeAnswer(message, pending.question, id);
    if (judgement.kind === 'invalid') {
      pending.settle?.(failed(`invalid answer: ${judgement.code}`));
      return;
    }
    this.hasAnswered = true;
    pending.settle?.(judgement);
  }

  /** In a stream only the server speaks, so an invalid message means that the stream is broken. */
  #invalid(code: string): void {
    this.#end(failed(`invalid answer: ${code}`));
  }

  #end(reply: Reply): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#idle);
    this.#ended();
    this.#abort.abort();
    this.#socket?.destroy();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { settle } of pending) settle?.(reply);
  }
}
