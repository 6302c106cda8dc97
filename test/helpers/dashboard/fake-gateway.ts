// A gateway that only answers HTTP: the files of the dashboard, and an API whose answers a test sets. It keeps what was asked of it.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pageFiles } from './page.js';

const FILES = pageFiles();
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

export interface Asked {
  readonly method: string;
  /** Path and query below `/api/v1`. */
  readonly path: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
}

/** By method and path without query, such as `GET /lines`: the answer, or a status and an error. */
export type Answers = Record<string, object | ((asked: Asked) => object)>;

export class FakeGateway {
  /** `undefined`: none is wanted. */
  token: string | undefined;
  /** Why nobody gets events. */
  refusesEvents: string | undefined;
  readonly asked: Asked[] = [];
  readonly answers: Answers;
  readonly #server: Server;
  readonly #streams = new Set<ServerResponse>();
  /** Sent to each stream when it begins. */
  readonly #first: readonly string[];

  private constructor(answers: Answers, first: readonly string[]) {
    this.answers = answers;
    this.#first = first;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(answers: Answers, events: readonly { event: string; data: object }[] = []): Promise<FakeGateway> {
    const gateway = new FakeGateway(answers, events.map(eventText));
    gateway.#server.listen(0, '127.0.0.1');
    await once(gateway.#server, 'listening');
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Sends an event to all who listen. */
  tell(event: string, data: object): void {
    for (const stream of this.#streams) stream.write(eventText({ event, data }));
  }

  /** Ends all streams: whoever listens has to ask again. */
  breakStreams(): void {
    for (const stream of this.#streams) stream.end();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '/', 'http://gateway');
    if (!pathname.startsWith('/api/v1')) {
      this.#file(pathname, response);
      return;
    }
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const text = Buffer.concat(pieces).toString();
    const path = pathname.slice('/api/v1'.length);
    const asked: Asked = {
      method: request.method ?? '',
      path: `${path}${search}`,
      body: text === '' ? undefined : JSON.parse(text),
      authorization: request.headers.authorization,
    };
    this.asked.push(asked);
    if (this.token !== undefined && asked.authorization !== `Bearer ${this.token}`)
      send(response, 401, { error: 'a token is wanted' });
    else if (path === '/events' && this.refusesEvents !== undefined) send(response, 503, { error: this.refusesEvents });
    else if (path === '/events') this.#stream(response);
    else {
      const answer = this.answers[`${asked.method} ${path}`];
      const value = typeof answer === 'function' ? answer(asked) : answer;
      if (value === undefined) send(response, 404, { error: `there is no ${path}` });
      else send(response, 'error' in value ? 409 : 200, value);
    }
  }

  #file(pathname: string, response: ServerResponse): void {
    const file = FILES.get(pathname);
    if (file === undefined) response.writeHead(404);
    else response.writeHead(200, { 'Content-Type': file.type, 'Content-Security-Policy': CSP });
    response.end(file?.plain);
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(this.#first.join(''));
    this.#streams.add(response);
    response.once('close', () => this.#streams.delete(response));
  }
}

const eventText = ({ event, data }: { event: string; data: object }): string =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}
