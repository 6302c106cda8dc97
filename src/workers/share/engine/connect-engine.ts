// The engine over one connection: up and down, and who waits for an answer. Away, slow, hanging and full come to the same for who
// asks: no answer, in time.
import type { Notice } from '../../../protocol/notices/notice.js';
import type { EnginePlace, ShareOptions } from '../../../protocol/share-options.js';
import { BackOff } from './back-off.js';
import { Conditions } from './conditions.js';
import { Counting } from './counting.js';
import type { Command, Engine, EngineCounts, EngineStatus, Reply } from './engine.js';
import { codeOf, type Failure, failure, failureOfReply, isError, isInVain } from './faults.js';
import { find, type NotFound } from './find.js';
import type { Link } from './link.js';
import { movedTo, type Named } from './target.js';

/** Questions and their bytes that may be under way: what an engine that hangs leaves in memory. */
const QUESTIONS_MAX = 256;
const BYTES_MAX = 2 * 1024 * 1024;
/** A connection is looked at this often … */
const BEAT_MS = 500;
/** … and given up when the same question was the oldest one at so many looks. */
const HANGING_BEATS = 4;
/** After so many looks without a question it is asked one, so that it is not taken for idle, and its end is noticed. */
const IDLE_BEATS = 10;

export interface EngineParts {
  /** In ms, monotonic. */
  now(): number;
  /** 0 to 1. */
  random(): number;
  tell(notice: Notice): void;
}

/** `share.url` is set. Connects at once, and again whenever the connection ends, until `close`. `beat_ms`: for tests. */
export function connectEngine(share: ShareOptions, parts: EngineParts, beat_ms = BEAT_MS): Engine {
  return new ConnectedEngine(share, share.url ?? [], parts, beat_ms);
}

interface Question {
  readonly bytes: number;
}

class ConnectedEngine implements Engine {
  readonly #share: ShareOptions;
  readonly #places: readonly EnginePlace[];
  readonly #parts: EngineParts;
  readonly #beat_ms: number;
  readonly #counting = new Counting();
  readonly #conditions: Conditions;
  readonly #backOff = new BackOff();
  readonly #heard: (() => void)[] = [];
  readonly #closing = new AbortController();
  #link: Link | undefined;
  #since_ms: number;
  #place = '';
  #server: string | undefined;
  #failure: Failure | undefined;
  /** The node of a cluster that has the keys. */
  #known: Named | undefined;
  #connecting: Promise<void>;
  #retry: NodeJS.Timeout | undefined;
  #beat: NodeJS.Timeout | undefined;
  /** Those under way on this connection, the oldest one first. */
  #questions = new Set<Question>();
  #bytes = 0;
  /** Questions that were sent. */
  #sent = 0;
  /** What the last look has seen, and at how many looks in a row. */
  #seen: { question: Question | undefined; sent: number; beats: number } = { question: undefined, sent: 0, beats: 0 };

  constructor(share: ShareOptions, places: readonly EnginePlace[], parts: EngineParts, beat_ms: number) {
    this.#share = share;
    this.#places = places;
    this.#parts = parts;
    this.#beat_ms = beat_ms;
    this.#conditions = new Conditions((notice) => parts.tell(notice));
    this.#since_ms = parts.now();
    this.#connecting = this.#connect();
  }

  get isUp(): boolean {
    return this.#link !== undefined;
  }

  get status(): EngineStatus {
    const wrong = this.#failure ?? this.#conditions.worst;
    const [place, server] = [this.#place, this.#server];
    return { isUp: this.isUp, since_ms: this.#since_ms, place, server, fault: wrong?.fault, detail: wrong?.detail };
  }

  get counts(): EngineCounts {
    return this.#counting.counts;
  }

  onUp(heard: () => void): void {
    this.#heard.push(heard);
    if (this.isUp) heard();
  }

  ask(commands: readonly Command[], within_ms: number): Promise<readonly Reply[] | undefined> {
    const link = this.#link;
    if (link === undefined || this.#questions.size >= QUESTIONS_MAX || this.#bytes >= BYTES_MAX) {
      this.#counting.dropped();
      return Promise.resolve(undefined);
    }
    return new Promise((resolve) => {
      let isWaiting = true;
      const settle = (replies: readonly Reply[] | undefined): void => {
        clearTimeout(timer);
        isWaiting = false;
        resolve(replies);
      };
      const timer = setTimeout(() => {
        this.#counting.late();
        settle(undefined);
      }, within_ms);
      void this.#send(link, commands, () => isWaiting).then((replies) => {
        if (isWaiting) settle(replies);
      });
    });
  }

  /** Undefined where the connection has ended, or is of no use any more. */
  async #send(
    link: Link,
    commands: readonly Command[],
    isWaiting: () => boolean,
  ): Promise<readonly Reply[] | undefined> {
    const question = { bytes: this.#counting.sent(commands) };
    const asked = this.#parts.now();
    this.#questions.add(question);
    this.#sent += 1;
    this.#bytes += question.bytes;
    const replies = await link.send(commands);
    if (this.#questions.delete(question)) this.#bytes -= question.bytes;
    if (replies === undefined) return undefined;
    this.#counting.answered(this.#parts.now() - asked, isWaiting());
    for (const reply of replies) {
      if (!isError(reply) || !isInVain(reply.error)) continue;
      if (link === this.#link) this.#inVain(link, reply.error);
      return undefined;
    }
    this.#conditions.heard(commands, replies, (fault) => this.#counting.fault(fault));
    return replies;
  }

  /** The server is not, or no longer, the one that has the keys and takes writes. */
  #inVain(link: Link, error: string): void {
    this.#known = codeOf(error) === 'MOVED' ? movedTo(error, link.target) : undefined;
    link.close();
    this.#down({ ...failureOfReply(error), place: link.place });
  }

  async #connect(): Promise<void> {
    const found = await find(this.#share, this.#places, this.#known, this.#closing.signal);
    if (!('link' in found)) {
      this.#known = undefined;
      this.#down(found);
    } else if (this.#closing.signal.aborted) found.link.close();
    else this.#up(found.link, found.server);
  }

  #up(link: Link, server: string): void {
    if (link.ended !== undefined) {
      this.#down({ ...link.ended, place: link.place });
      return;
    }
    if (this.#server === undefined) this.#parts.tell(firstNotice(link.place, server));
    this.#link = link;
    this.#server = server;
    this.#place = link.place;
    this.#since_ms = this.#parts.now();
    this.#counting.connected();
    this.#failure = undefined;
    this.#parts.tell(upNotice(link.place, server));
    this.#questions = new Set();
    this.#bytes = 0;
    this.#seen = { question: undefined, sent: this.#sent, beats: 0 };
    this.#beat = setInterval(() => this.#look(link), this.#beat_ms);
    link.watch({
      received: (bytes) => this.#counting.received(bytes),
      ended: (why) => this.#down({ ...why, place: link.place }),
    });
    for (const heard of this.#heard) heard();
  }

  /** By turns of the loop and not by the clock: this thread may have stood still, too. */
  #look(link: Link): void {
    const [question] = this.#questions;
    const { question: before, sent, beats } = this.#seen;
    // What was asked and answered between two looks is none at both of them.
    const isSame = question === before && (question !== undefined || sent === this.#sent);
    this.#seen = { question, sent: this.#sent, beats: isSame ? beats + 1 : 0 };
    if (!isSame) return;
    if (question === undefined && beats >= IDLE_BEATS) void this.ask([['PING']], this.#beat_ms * HANGING_BEATS);
    if (question === undefined || beats < HANGING_BEATS) return;
    link.close();
    this.#down({ ...failure('hanging'), place: link.place });
  }

  #down(why: NotFound): void {
    clearInterval(this.#beat);
    if (this.#closing.signal.aborted) return;
    const now = this.#parts.now();
    const lasted_ms = this.#link === undefined ? 0 : now - this.#since_ms;
    if (this.#link !== undefined) this.#since_ms = now;
    this.#link = undefined;
    this.#failure = why;
    this.#place = why.place;
    this.#counting.fault(why.fault);
    this.#parts.tell(downNotice(why));
    const again = (): void => {
      this.#connecting = this.#connect();
    };
    this.#retry = setTimeout(again, this.#backOff.after(lasted_ms, this.#parts.random()));
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    clearTimeout(this.#retry);
    clearInterval(this.#beat);
    this.#link?.close();
    this.#link = undefined;
    this.#failure ??= failure('closed', 'this gateway has left');
    await this.#connecting;
    // What is said to be bad would be so for ever.
    this.#parts.tell({ ...LEFT, topic: TOPIC, fields: { engine: this.#place } });
    this.#conditions.leave();
  }
}

const TOPIC = 'share engine';
/** Who reads of several outages in a minute needs each line. */
const BURST = 6;
const LEFT = { level: 'info', good: true, ends: true, message: 'the engine of the site is no longer used' } as const;

function firstNotice(engine: string, server: string): Notice {
  const message = 'connected to the engine of the site';
  return { topic: `${TOPIC} connected ${engine}`, level: 'info', message, fields: { engine, server } };
}

function upNotice(engine: string, server: string): Notice {
  const message = 'the engine of the site is there again';
  return { topic: TOPIC, good: true, burst: BURST, level: 'info', message, fields: { engine, server } };
}

function downNotice({ fault, detail, place }: NotFound): Notice {
  const message = `the engine of the site is away: ${detail}. This gateway goes on with what it knows by itself`;
  return { topic: TOPIC, good: false, burst: BURST, level: 'warn', message, fields: { engine: place, fault } };
}
