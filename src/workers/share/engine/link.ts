// One connection to one server, over the library. It never reconnects and queues nothing: who has it decides when it is of no use
// any more. Replies are values, errors too.
import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import { createClient, ErrorReply, RESP_TYPES } from '@redis/client';
import { masked } from '../../../protocol/text/masked.js';
import type { Command, Reply } from './engine.js';
import { type Failure, failure, failureOf, failureOfReply } from './faults.js';
import { ReplyFilter } from './reply-filter.js';
import { placeText, type Target } from './target.js';

/** Until a connection is made and has said who it is, lookups of the host and TLS included. */
const CONNECT_MS = 2000;

type Client = ReturnType<typeof clientFor>;

export interface LinkHandler {
  received(bytes: number): void;
  /** Called once, unless `close` was called before. */
  ended(failure: Failure): void;
}

export class Link {
  readonly target: Target;
  readonly #client: Client;
  readonly #abort: AbortController;
  #ended: Failure | undefined;
  #handler: LinkHandler | undefined;
  /** Whoever is at the other end may send anything. */
  readonly #filter = new ReplyFilter();

  private constructor(target: Target, client: Client, abort: AbortController) {
    this.target = target;
    this.#client = client;
    this.#abort = abort;
    client.on('error', (error: unknown) => this.#end(this.#failureAt(error)));
    // Nothing else of the library tells what comes, and it keeps whatever comes until a reply is whole.
    const { decoder } = client._getQueue();
    const decode = decoder.write.bind(decoder);
    decoder.write = (chunk: Buffer) => {
      if (this.#ended !== undefined) return;
      this.#handler?.received(chunk.length);
      const filtered = this.#filter.take(chunk);
      if (filtered.kind === 'refused') this.#end(failure('other', filtered.why));
      else for (const piece of filtered.pieces) decode(piece);
    };
  }

  /** Connects within CONNECT_MS. `signal`: gives it up. Never rejects. */
  static async connect(target: Target, signal: AbortSignal): Promise<Link | Failure> {
    const abort = new AbortController();
    const link = new Link(target, clientFor(target, abort.signal), abort);
    const giveUp = (): void => link.close(failure('timeout'));
    const timer = setTimeout(giveUp, CONNECT_MS);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      if (signal.aborted) giveUp();
      await link.#client.connect();
      return link.#ended ?? link;
    } catch (error) {
      link.close(link.#failureAt(error));
      return link.#ended ?? failure('other');
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }

  get place(): string {
    return placeText(this.target);
  }

  /** What the other end has said, without what was said to it in secret: it may say it back. */
  shown(text: string): string {
    return masked(text, [this.target.password]);
  }

  /** Why it ended. */
  get ended(): Failure | undefined {
    return this.#ended;
  }

  /** The link has not ended. */
  watch(handler: LinkHandler): void {
    this.#handler = handler;
  }

  /** In one write. Undefined if the connection ends before the last reply. Never rejects. */
  async send(commands: readonly Command[]): Promise<readonly Reply[] | undefined> {
    try {
      const replies = await Promise.all(commands.map((command) => this.#one(command)));
      this.#filter.answered();
      return replies;
    } catch {
      return undefined;
    }
  }

  async #one(command: Command): Promise<Reply> {
    try {
      return this.#plainReply(await this.#client.sendCommand<unknown>(command));
    } catch (error) {
      if (error instanceof ErrorReply) return { error: this.shown(error.message) };
      throw error;
    }
  }

  /** Breaks the connection off at once; what waits for a reply has none. `why`: for `ended`. */
  close(why = failure('closed')): void {
    this.#handler = undefined;
    this.#ended ??= why;
    this.#abort.abort();
    this.#client.destroy();
  }

  #end(failure: Failure): void {
    if (this.#ended !== undefined) return;
    const handler = this.#handler;
    this.close(failure);
    handler?.ended(failure);
  }

  /** Errors of the library that are its own have no code. */
  #failureAt(error: unknown): Failure {
    if (error instanceof ErrorReply) return failureOfReply(this.shown(error.message));
    const hasCode = typeof (error as { readonly code?: unknown }).code === 'string';
    return hasCode ? failureOf(error) : failure('closed');
  }

  /** Errors inside of arrays are values, too. */
  #plainReply(reply: unknown): Reply {
    if (reply instanceof ErrorReply) return { error: this.shown(reply.message) };
    if (Array.isArray(reply)) return reply.map((one) => this.#plainReply(one));
    if (reply === null || typeof reply === 'number' || typeof reply === 'string' || Buffer.isBuffer(reply))
      return reply;
    return { error: `ERR a reply of the type ${typeof reply}` };
  }
}

function clientFor(target: Target, signal: AbortSignal) {
  const common = { reconnectStrategy: false, signal } as const;
  const { at, tls, username, password, database } = target;
  return createClient({
    // Its replies have few types, and it needs no command for a handshake where there are no credentials.
    RESP: 2,
    socket:
      at.kind === 'unix'
        ? { ...common, path: at.path, tls: false }
        : tls === undefined
          ? { ...common, host: at.host, port: at.port }
          : { ...common, host: at.host, port: at.port, tls: true, ...tlsOptions(tls, at.host) },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    database,
    disableOfflineQueue: true,
    // Commands that a user with few permissions may not have.
    disableClientInfo: true,
    maintNotifications: 'disabled',
    // Without a time of the library's: who asks has one.
    commandOptions: { timeout: 0, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  });
}

/** Node sends the name of the host (SNI) only where it is told to. A server behind a proxy is found by it. */
function tlsOptions({ ca, cert, key, name }: NonNullable<Target['tls']>, host: string): ConnectionOptions {
  const shown = name ?? host;
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(isIP(shown) === 0 && { servername: shown }),
    checkServerIdentity: (_host, certificate) => checkServerIdentity(shown, certificate),
  };
}
