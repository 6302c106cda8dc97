// The HTTP server of the admin actor, at listening sockets that are main's: it listens at a duplicate, which it may close. What its
// clients may take is bounded here: how many there are, how long a request may come in, what may wait for one that does not read.
// Who may ask what is decided by guard/, which has whom this closes at once, too.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { duplicate, sentFd } from '../../linux/pairs.js';
import { within } from '../../threads/within.js';
import { Clients } from './clients.js';
import { LOOK_EVERY_MS, SlowReaders } from './slow-readers.js';
import { isWebSocket, withoutUpgrade } from './without-upgrade.js';

const BOUNDS = {
  /** Connections at a time: pages, programs that watch, and scrapers. A browser opens six for a page. See clients.ts for shares. */
  clients_max: 64,
  /** Of one client, by requests that it sends before it has the answers. */
  under_way_max: 4,
  /** For the head of a request, and for all of it; and how often these are looked at. */
  head_ms: 5000,
  request_ms: 10_000,
  check_ms: 1000,
  head_bytes_max: 16 * 1024,
  /** Until the next request of a client. */
  rest_ms: 5000,
  /** Of silence on both sides, until the kernel asks whether the client is still there: it may have gone without a word. */
  silent_ms: 15_000,
  look_every_ms: LOOK_EVERY_MS,
  /** How long answers may take that are under way when the server leaves its place. */
  leave_ms: 1000,
};

export interface Serving {
  readonly app: Pick<Hono, 'fetch'>;
  /** Whether a client may come at all; undefined: one of a Unix socket. */
  readonly mayCome: (address: string | undefined) => boolean;
  /** Whether what a client follows may go on, by the options that are in force now. Absent: it may. */
  readonly mayGoOn?: (request: IncomingMessage) => boolean;
  /** Takes the connection of a request that asks for another protocol. Absent: there is none. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** In place of those above; for tests. */
  readonly bounds?: Partial<typeof BOUNDS>;
}

/** At one listening socket. */
class Served {
  readonly #bounds: typeof BOUNDS;
  readonly #server: Server;
  readonly #readers = new SlowReaders();
  readonly #looks: NodeJS.Timeout;
  readonly #clients: Clients<Socket>;
  readonly #answers = new Map<ServerResponse, IncomingMessage>();
  /** Those of a client that wait for the answer before theirs. */
  readonly #waiting = new WeakMap<Socket, (() => void)[]>();
  /** Of which HTTP knows no more. */
  readonly #upgraded = new Map<Duplex, IncomingMessage>();
  readonly #mayCome: Serving['mayCome'];
  readonly #mayGoOn: NonNullable<Serving['mayGoOn']>;

  constructor(fd: number, { app, mayCome, mayGoOn = () => true, upgrade, bounds }: Serving) {
    this.#mayCome = mayCome;
    this.#mayGoOn = mayGoOn;
    this.#bounds = { ...BOUNDS, ...bounds };
    const { clients_max, head_ms, request_ms, check_ms, head_bytes_max, rest_ms, silent_ms, look_every_ms } =
      this.#bounds;
    const answer = getRequestListener(app.fetch);
    const server = createServer({
      ...{ headersTimeout: head_ms, requestTimeout: request_ms, keepAliveTimeout: rest_ms },
      ...{ connectionsCheckingInterval: check_ms, maxHeaderSize: head_bytes_max },
      ...{ keepAlive: true, keepAliveInitialDelay: silent_ms },
    });
    this.#clients = new Clients(clients_max);
    server.on('connection', (socket) => {
      if (mayCome(socket.remoteAddress) && this.#clients.admit(socket)) this.#readers.add(socket);
      else socket.destroy();
    });
    server.on('request', (request, response) => {
      this.#begin(request, response, () => void answer(request, response));
    });
    if (upgrade !== undefined) {
      server.on('upgrade', (request, socket, head) => {
        if (isWebSocket(request)) {
          this.#upgraded.set(socket, request);
          this.#clients.begin(request.socket);
          socket.once('close', () => this.#upgraded.delete(socket));
          upgrade(request, socket, head);
          return;
        }
        socket.on('error', () => {});
        const response = withoutUpgrade(request, socket);
        if (response === undefined) socket.destroy();
        else server.emit('request', request, response);
      });
    }
    server.listen({ fd });
    this.#server = server;
    this.#looks = setInterval(() => this.#readers.look(), look_every_ms);
    this.#looks.unref();
  }

  /**
   * A client that sends requests before it has the answers is answered one by one: Node never tells of the end of an answer that
   * has not had its turn when the client leaves. One with too many of them, as no program has by itself, loses its connection.
   */
  #begin(request: IncomingMessage, response: ServerResponse, answer: () => void): void {
    const { socket } = request;
    const underWay = this.#clients.begin(socket);
    if (underWay === 0 || underWay > this.#bounds.under_way_max) {
      socket.destroy();
      return;
    }
    const waiting = this.#waiting.get(socket) ?? [];
    this.#waiting.set(socket, waiting);
    response.once('close', () => {
      this.#answers.delete(response);
      this.#clients.end(socket);
      if (!socket.destroyed) waiting.shift()?.();
    });
    const begin = (): void => {
      this.#answers.set(response, request);
      answer();
    };
    if (underWay === 1) begin();
    else waiting.push(begin);
  }

  /** Who may ask what has changed: ends what may not go on. */
  judgeAgain(): void {
    for (const socket of [...this.#clients]) if (!this.#mayCome(socket.remoteAddress)) socket.destroy();
    for (const [response, request] of [...this.#answers]) {
      if (isStream(response) && !this.#mayGoOn(request)) response.destroy();
    }
    for (const [socket, request] of [...this.#upgraded]) if (!this.#mayGoOn(request)) socket.destroy();
  }

  /** Takes no more clients. Resolves when those that wait for an answer have it; streams end at once. */
  async leave(): Promise<void> {
    // HTTP's own close() would, from Node 26 on, also end those that have come and whose request has not been read yet.
    const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(this.#server, () => resolve()));
    for (const socket of this.#clients.answered) socket.destroy();
    for (const response of this.#answers.keys()) if (isStream(response)) response.destroy();
    for (const socket of this.#upgraded.keys()) socket.destroy();
    await within(this.#bounds.leave_ms, closed);
    await this.#end(closed);
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    await this.#end(new Promise<void>((resolve) => this.#server.close(() => resolve())));
  }

  async #end(closed: Promise<void>): Promise<void> {
    clearInterval(this.#looks);
    this.#readers.destroy();
    await closed;
    // Ends its timer, too.
    this.#server.close();
  }
}

/** Whether more is to be said in an answer that has begun. */
const isStream = ({ headersSent, writableEnded }: ServerResponse): boolean => headersSent && !writableEnded;

export class AdminServer {
  readonly #serving: Serving;
  #served: Served | undefined;
  /** Those that are about to end. */
  readonly #left = new Set<Promise<void>>();

  constructor(serving: Serving) {
    this.#serving = serving;
  }

  /** Serves at a listening socket from now on, and leaves the one before. Throws where it is none. */
  listen(fd: number): void {
    const own = duplicate(sentFd(fd));
    if (own === undefined) throw new Error('the listening socket of admin.listen was closed');
    const before = this.#served;
    this.#served = new Served(own, this.#serving);
    if (before !== undefined) this.#leaves(before);
  }

  /** To be called when what `mayCome` and `mayGoOn` say has changed. */
  judgeAgain(): void {
    this.#served?.judgeAgain();
  }

  /** Takes no more clients. Resolves when those that wait for an answer have it. */
  async leave(): Promise<void> {
    if (this.#served !== undefined) this.#leaves(this.#served);
    this.#served = undefined;
    await Promise.all(this.#left);
  }

  #leaves(served: Served): void {
    const left = served.leave().finally(() => this.#left.delete(left));
    this.#left.add(left);
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    const served = this.#served;
    this.#served = undefined;
    await Promise.all([served?.close(), ...this.#left]);
  }
}
