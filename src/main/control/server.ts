// Serves commands to the running gateway on a Unix socket, whose file only its owner may use: HTTP/1.1, with JSON for answers. Its
// sockets are Node's own. What a command does is decided elsewhere.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { startListening } from '../../linux/sockets.js';
import { within } from '../../threads/within.js';
import { bindFile, removeFile, type SocketFile } from '../accept/socket-file.js';
import { type Failed, failed } from '../process/done.js';
import type { LeftControl } from '../upgrade/estate.js';

/** Clients at a time: people, and programs that watch. */
const CLIENTS_MAX = 16;
const BACKLOG = 16;
/** For the last answers to be made and read: a reload may be another process's by now. */
const ANSWER_MS = 130_000;
/** For a whole request. */
const REQUEST_MS = 5000;
const OWNER_ONLY = 0o600;

/** Of a longer body only so much is read, which makes no sense to the command then. */
const BODY_OCTETS_MAX = 16_384;

/** By method and path, such as `POST /reload`. A command gets the body of the request. An answer is sent as JSON. */
export type Commands = Readonly<Record<string, (body: string) => Promise<object>>>;

export type Served = { readonly code: 'serving'; readonly server: ControlServer } | Failed;

export class ControlServer {
  readonly #server = createServer();
  readonly #fd: number;
  readonly #file: SocketFile;
  /** Answers that are being made or sent. */
  #answering = 0;
  #isRetired = false;

  private constructor(fd: number, file: SocketFile, commands: Commands) {
    this.#fd = fd;
    this.#file = file;
    this.#server.maxConnections = CLIENTS_MAX;
    this.#server.headersTimeout = REQUEST_MS;
    this.#server.requestTimeout = REQUEST_MS;
    this.#server.on('request', (request, response) => {
      this.#begins(response);
      void answer(request, response, commands);
    });
    this.#server.listen({ fd });
  }

  /** `path`: absolute. */
  static open(path: string, commands: Commands): Served {
    const bound = bindFile({ kind: 'unix', path, mode: OWNER_ONLY });
    if (bound.code === 'failed') return failed(`control_socket: cannot listen on ${path}: ${bound.message}`);
    const listening = startListening(bound.fd, BACKLOG);
    if (listening.code === 'failed') return failed(`control_socket: cannot listen on ${path}: ${listening.error}`);
    return { code: 'serving', server: new ControlServer(bound.fd, bound.file, commands) };
  }

  /** Serves also what has asked the process whose place this one takes, and waits. */
  static takeOver({ fd, file }: LeftControl, commands: Commands): ControlServer {
    return new ControlServer(fd, file, commands);
  }

  /** What another process needs to serve commands in the place of this one. `path`: as in the configuration. */
  left(path: string): LeftControl {
    return { fd: this.#fd, path, file: this.#file };
  }

  #begins(response: ServerResponse): void {
    this.#answering += 1;
    response.once('close', () => {
      this.#answering -= 1;
      if (this.#isRetired && this.#answering === 0) this.#server.closeAllConnections();
    });
  }

  /** Takes no more clients, removes the file, and closes when all answers that are under way have gone. */
  retire(): void {
    void this.giveAway();
    removeFile(this.#file);
  }

  /** Another process serves at the same socket. Resolves when all answers that are under way have gone, or nobody reads them. */
  async giveAway(): Promise<void> {
    this.#isRetired = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    if (this.#answering === 0) this.#server.closeAllConnections();
    await within(ANSWER_MS, closed);
  }

  /** Ends what is under way, and removes the file. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    removeFile(this.#file);
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, commands: Commands): Promise<void> {
  response.setHeader('Connection', 'close');
  const name = `${request.method} ${request.url}`;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    // Nobody has to read what is not wanted.
    request.resume();
    send(response, 404, { error: `no such command: there is ${Object.keys(commands).join(', ')}` });
    return;
  }
  send(response, 200, await command(await bodyOf(request)));
}

/** As far as it has come when the client breaks off. */
function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let octets = 0;
  request.on('data', (piece: Buffer) => {
    if (octets < BODY_OCTETS_MAX) pieces.push(piece);
    octets += piece.length;
  });
  return new Promise((resolve) => {
    request.once('close', () => resolve(Buffer.concat(pieces).toString('utf8', 0, BODY_OCTETS_MAX)));
    request.once('end', () => resolve(Buffer.concat(pieces).toString('utf8', 0, BODY_OCTETS_MAX)));
  });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}
