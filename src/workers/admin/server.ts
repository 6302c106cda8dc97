// The HTTP server of the admin actor, at listening sockets that are main's: it listens at a duplicate, which it may close. Who may
// ask what is decided by guard/.
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { duplicate, sentFd } from '../../linux/pairs.js';

/** Clients at a time: pages, programs that watch, and scrapers. */
const CLIENTS_MAX = 64;
/** For a whole request. */
const REQUEST_MS = 5000;

export class AdminServer {
  readonly #app: Hono;
  #server: Server | undefined;

  constructor(app: Hono) {
    this.#app = app;
  }

  /** Serves at a listening socket. Throws where it is none. */
  listen(fd: number): void {
    const own = duplicate(sentFd(fd));
    if (own === undefined) throw new Error('the listening socket of admin.listen was closed');
    const server = createServer(getRequestListener(this.#app.fetch));
    server.maxConnections = CLIENTS_MAX;
    server.headersTimeout = REQUEST_MS;
    server.requestTimeout = REQUEST_MS;
    server.listen({ fd: own });
    this.#server = server;
  }

  /** Takes no more clients. Resolves when those that wait for an answer have it. */
  async leave(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    await closed;
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    const server = this.#server;
    const left = this.leave();
    server?.closeAllConnections();
    await left;
  }
}
