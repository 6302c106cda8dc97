// One server over HTTPS (DoH, RFC 8484), in HTTP/2 where the server has it. Only this file uses undici, and loads it with
// the first question. undici opens connections even for questions that were given up, and never closes those of HTTP/2, so
// this file decides when dialler.ts may open one and when they close.
import type { Socket } from 'node:net';
import type { Pool } from 'undici';
import { formatEndpoint } from '../../../protocol/address/address.js';
import { encodeQuery, judgeAnswer, type Question } from '../../../protocol/dns/message.js';
import { Countdown } from '../ask/countdown.js';
import {
  type Asked,
  exchange,
  failed,
  type Hear,
  type NoAnswer,
  noAnswer,
  type Reply,
  unasked,
} from '../ask/exchange.js';
import type { Bootstrap, Destination } from './dial.js';
import { type Dial, dialler } from './dialler.js';

const MEDIA_TYPE = 'application/dns-message';
const MESSAGE_OCTETS_MAX = 65_535;

interface Body {
  readonly kind: 'body';
  readonly bytes: Buffer;
}
const CONNECTIONS_MAX = 4;
const STREAMS_MAX = 100;
/** Including questions that wait for a stream. */
const QUESTIONS_MAX = 8192;
/** Servers close idle connections after a few seconds themselves. */
const IDLE_MS = 5000;
const CONNECT_TIMEOUT_MS = 10_000;
/** The message id is 0, so that answers can be cached on the way (RFC 8484 section 4.1). */
const ID = 0;

export class HttpsServer {
  readonly #destination: Destination;
  readonly #dial: Dial;
  readonly #path: string;
  readonly #idle_ms: number;
  readonly #dials = new Set<AbortController>();
  readonly #sockets = new Set<Socket>();
  #pool: Promise<Pool> | undefined;
  #idle: NodeJS.Timeout | undefined;
  #questions = 0;

  constructor(destination: Destination, path: string, bootstrap: Bootstrap, idle_ms = IDLE_MS) {
    this.#destination = destination;
    this.#path = path;
    this.#dial = dialler(destination, bootstrap);
    this.#idle_ms = idle_ms;
  }

  get tables() {
    return {
      connections: { size: this.#dials.size + this.#sockets.size, max: CONNECTIONS_MAX },
      questions: { size: this.#questions, max: QUESTIONS_MAX },
    };
  }

  ask(question: Question, hear: Hear<Reply>, edns = true): Asked {
    if (this.#questions >= QUESTIONS_MAX) return unasked(hear, 'too many questions');
    return exchange(hear, (settle) => {
      const abort = new AbortController();
      this.#questions += 1;
      clearTimeout(this.#idle);
      void this.#post(encodeQuery(question, ID, { edns }), abort.signal).then(
        (body) => settle(body.kind === 'no-answer' ? body : judged(body.bytes, question)),
        (error: NodeJS.ErrnoException) => settle(noAnswer(error)),
      );
      return () => {
        this.#questions -= 1;
        abort.abort();
        if (this.#questions === 0) this.#rest();
      };
    });
  }

  close(): void {
    clearTimeout(this.#idle);
    for (const dial of this.#dials) dial.abort();
    void this.#pool?.then((pool) => pool.destroy()).catch(() => {});
    this.#pool = undefined;
  }

  /** No question is left: connections still being opened are given up, open ones stay for `idle_ms`. */
  #rest(): void {
    if (this.#pool === undefined) return;
    for (const dial of this.#dials) dial.abort();
    this.#idle = setTimeout(() => this.close(), this.#idle_ms);
  }

  /** The body, or why there is none. */
  async #post(query: Uint8Array, signal: AbortSignal): Promise<Body | NoAnswer> {
    this.#pool ??= this.#open();
    const pool = await this.#pool;
    const { statusCode, headers, body } = await pool.request({
      method: 'POST',
      path: this.#path,
      headers: { accept: MEDIA_TYPE, 'content-type': MEDIA_TYPE },
      body: query,
      // Questions may be sent in parallel, and twice; without this, undici sends POSTs one after the other.
      idempotent: true,
      signal,
      // The caller holds the timer.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const type = String(headers['content-type'] ?? '').split(';')[0] as string;
    if (statusCode !== 200 || type.trim().toLowerCase() !== MEDIA_TYPE) {
      body.destroy();
      return failed(statusCode === 200 ? `answered with ${type || 'no type'}` : `HTTP status ${statusCode}`);
    }
    const chunks: Buffer[] = [];
    let octets = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      octets += chunk.length;
      if (octets > MESSAGE_OCTETS_MAX) return failed('answered with too much');
      chunks.push(chunk);
    }
    return { kind: 'body', bytes: Buffer.concat(chunks) };
  }

  async #open(): Promise<Pool> {
    const { Pool } = await import('undici');
    const { host, port } = this.#destination;
    return new Pool(`https://${formatEndpoint(host, port)}`, {
      connections: CONNECTIONS_MAX,
      allowH2: true,
      pipelining: STREAMS_MAX,
      keepAliveTimeout: this.#idle_ms,
      connect: (_options, done) => {
        this.#connect().then(
          (socket) => done(null, socket),
          (error: Error) => done(error, null),
        );
      },
    });
  }

  /** Opens a connection for any question, not for a certain one. An error fails the questions that the pool queues for it. */
  async #connect(): Promise<Socket> {
    if (this.#questions === 0) throw new Error('no question waits');
    if (this.#dials.size + this.#sockets.size >= CONNECTIONS_MAX) throw new Error('too many connections');
    const abort = new AbortController();
    const deadline = new Countdown(CONNECT_TIMEOUT_MS, () => abort.abort());
    this.#dials.add(abort);
    try {
      const socket = await this.#dial(abort.signal);
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      return socket;
    } finally {
      deadline.cancel();
      this.#dials.delete(abort);
    }
  }
}

function judged(body: Buffer, question: Question): Reply {
  const judgement = judgeAnswer(body, question, ID);
  return judgement.kind === 'invalid' ? failed(`invalid answer: ${judgement.code}`) : judgement;
}
