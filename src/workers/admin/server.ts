// The HTTP server of the admin actor, at listening sockets that are main's: it listens at a duplicate, which it may close. What its
// clients may take is bounded here: how many there are, how long a request may come in, what may wait for one that does not read.
// Who may ask what is decided by guard/, which has whom this closes at once, too.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { duplicate, sentFd } from '../../linux/pairs.js';
import { within } from '../../threads/within.js';
import { LOOK_EVERY_MS, SlowReaders } from './slow-readers.js';
import { isWebSocket, withoutUpgrade } from './without-upgrade.js';

const BOUNDS = {
  /** Clients at a time: pages, programs that watch, and scrapers. A browser opens six for a page. */
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
  /** The answers of each client, also those that wait behind another one. */
  readonly #underWay = new WeakMap<Socket, Set<ServerResponse>>();
  readonly #answers = new Set<ServerResponse>();
  /** Of which HTTP knows no more. */
  readonly #upgraded = new Set<Duplex>();

  constructor(fd: number, { app, mayCome, upgrade, bounds }: Serving) {
    this.#bounds = { ...BOUNDS, ...bounds };
    const { clients_max, head_ms, request_ms, check_ms, head_bytes_max, rest_ms, silent_ms, look_every_ms } =
      this.#bounds;
    const answer = getRequestListener(app.fetch);
    const server = createServer({
      ...{ headersTimeout: head_ms, requestTimeout: request_ms, keepAliveTimeout: rest_ms },
      ...{ connectionsCheckingInterval: check_ms, maxHeaderSize: head_bytes_max },
      ...{ keepAlive: true, keepAliveInitialDelay: silent_ms },
    });
    server.maxConnections = clients_max;
    server.on('connection', (socket) => {
      if (mayCome(socket.remoteAddress)) this.#readers.add(socket);
      else socket.destroy();
    });
    server.on('request', (request, response) => {
      if (this.#begins(request, response)) void answer(request, response);
    });
    if (upgrade !== undefined) {
      server.on('upgrade', (request, socket, head) => {
        this.#upgraded.add(socket);
        socket.once('close', () => this.#upgraded.delete(socket));
        if (isWebSocket(request)) {
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

  /** False where the client has too many requests under way, which no program has by itself. */
  #begins({ socket }: IncomingMessage, response: ServerResponse): boolean {
    const underWay = this.#answersOf(socket);
    if (underWay.size >= this.#bounds.under_way_max) {
      socket.destroy();
      return false;
    }
    underWay.add(response);
    this.#answers.add(response);
    response.once('close', () => {
      this.#answers.delete(response);
      underWay.delete(response);
    });
    return true;
  }

  #answersOf(socket: Socket): Set<ServerResponse> {
    const known = this.#underWay.get(socket);
    if (known !== undefined) return known;
    const answers = new Set<ServerResponse>();
    this.#underWay.set(socket, answers);
    socket.once('close', () => {
      // Node says so of the answer that is being sent alone, and what is behind it would go on for nobody.
      for (const answer of answers) {
        if (answer.socket !== null) continue;
        answer.destroy();
        answer.emit('close');
      }
    });
    return answers;
  }

  /** Takes no more clients. Resolves when those that wait for an answer have it; streams end at once. */
  async leave(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    for (const response of this.#answers) if (isStream(response)) response.destroy();
    for (const socket of this.#upgraded) socket.destroy();
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
