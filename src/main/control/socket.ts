// The socket for commands at the place that the configuration names: none, one, or another one after a reload. The code of the
// server is loaded only where there is one.
import type { Prepared } from '../process/change.js';
import { DONE, type Done } from '../process/done.js';
import type { Commands, ControlServer } from './server.js';

export class ControlSocket {
  readonly #commands: Commands;
  #path: string | null = null;
  #server: ControlServer | undefined;
  #isClosed = false;

  constructor(commands: Commands) {
    this.#commands = commands;
  }

  /** Opens the first socket; null for none. */
  async open(path: string | null): Promise<Done> {
    const prepared = await this.prepare(path);
    if (prepared.code === 'failed') return prepared;
    await prepared.change.make();
    return DONE;
  }

  /** Opens a socket at another place, beside the one that there is until the change is made. */
  async prepare(path: string | null): Promise<Prepared> {
    if (path === this.#path) return { code: 'prepared', change: { make() {}, drop() {} } };
    const opened = path === null ? undefined : await this.#serve(path);
    if (opened?.code === 'failed') return opened;
    const server = opened?.server;
    const make = (): void => {
      if (this.#isClosed) {
        server?.close();
        return;
      }
      this.#server?.retire();
      this.#server = server;
      this.#path = path;
    };
    return { code: 'prepared', change: { make, drop: () => server?.close() } };
  }

  async #serve(path: string) {
    const { ControlServer } = await import('./server.js');
    return ControlServer.open(path, this.#commands);
  }

  /** Ends what is under way, and removes the file. */
  close(): void {
    this.#isClosed = true;
    this.#server?.close();
  }
}
