// Where a way begins: an address and port that serves, refuses or swallows connections, as ordered.
import { createServer, type Server, type Socket } from 'node:net';
import { BlackHole } from '../../../test/helpers/black-hole.js';

const BACKLOG = 4096;

export type DoorState = 'open' | 'refusing' | 'swallowing';

export class Door {
  readonly host: string;
  readonly port: number;
  readonly #serve: (socket: Socket) => void;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #hole: BlackHole | undefined;
  #state: DoorState = 'refusing';

  constructor(host: string, port: number, serve: (socket: Socket) => void) {
    this.host = host;
    this.port = port;
    this.#serve = serve;
  }

  /** Established connections stay as they are. */
  async become(state: DoorState): Promise<void> {
    if (state === this.#state) return;
    this.#hole?.close();
    this.#hole = undefined;
    // Not awaited: the listening socket closes at once, its connections do not.
    this.#server?.close();
    this.#server = undefined;
    this.#state = state;
    if (state === 'open') this.#server = await this.#listen();
    if (state === 'swallowing') this.#hole = BlackHole.open(this.port, this.host);
  }

  #listen(): Promise<Server> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
      this.#serve(socket);
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: this.host, port: this.port, backlog: BACKLOG }, () => resolve(server));
    });
  }

  async close(): Promise<void> {
    await this.become('refusing');
    for (const socket of this.#sockets) socket.destroy();
  }
}
