// Serves commands to the running gateway on a Unix socket, whose file only its owner may use: HTTP/1.1, with JSON for answers. Its
// sockets are Node's own. What a command does is decided elsewhere.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { startListening } from '../../linux/sockets.js';
import { bindFile, removeFile, type SocketFile } from '../accept/socket-file.js';
import { type Failed, failed } from '../process/done.js';

/** Clients at a time: people, and programs that watch. */
const CLIENTS_MAX = 16;
const BACKLOG = 16;
/** For a whole request; no command has a body. */
const REQUEST_MS = 5000;
const OWNER_ONLY = 0o600;

/** By method and path, such as `POST /reload`. An answer is sent as JSON. */
export type Commands = Readonly<Record<string, () => Promise<object>>>;

export type Served = { readonly code: 'serving'; readonly server: ControlServer } | Failed;

export class ControlServer {
  readonly #server: Server;
  readonly #file: SocketFile;
  /** Answers that are being made or sent. */
  #answering = 0;
  #isRetired = false;

  private constructor(server: Server, file: SocketFile) {
    this.#server = server;
    this.#file = file;
  }

  /** `path`: absolute. */
  static open(path: string, commands: Commands): Served {
    const bound = bindFile({ kind: 'unix', path, mode: OWNER_ONLY });
    if (bound.code === 'failed') return failed(`control_socket: cannot listen on ${path}: ${bound.message}`);
    const listening = startListening(bound.fd, BACKLOG);
    if (listening.code === 'failed') return failed(`control_socket: cannot listen on ${path}: ${listening.error}`);
    const server = createServer();
    server.maxConnections = CLIENTS_MAX;
    server.headersTimeout = REQUEST_MS;
    server.requestTimeout = REQUEST_MS;
    const serving = new ControlServer(server, bound.file);
    server.on('request', (request, response) => {
      serving.#begins(response);
      void answer(request, response, commands);
    });
    server.listen({ fd: bound.fd });
    return { code: 'serving', server: serving };
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
    this.#isRetired = true;
    this.#server.close();
    if (this.#answering === 0) this.#server.closeAllConnections();
    removeFile(this.#file);
  }

  /** Ends what is under way, and removes the file. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    removeFile(this.#file);
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, commands: Commands): Promise<void> {
  // Nobody has to read what is not wanted.
  request.resume();
  response.setHeader('Connection', 'close');
  const name = `${request.method} ${request.url}`;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    send(response, 404, { error: `no such command: there is ${Object.keys(commands).join(', ')}` });
    return;
  }
  send(response, 200, await command());
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}
