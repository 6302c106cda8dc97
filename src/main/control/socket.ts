// The socket for commands at the place that the configuration names: none, one, or another one after a reload. The code of the
// server is loaded only where there is one.
import { closeFd } from '../../linux/sockets.js';
import { reasonOf } from '../../threads/within.js';
import { removeFile } from '../accept/socket-file.js';
import { type Prepared, UNCHANGED } from '../process/change.js';
import { DONE, type Done, failed } from '../process/done.js';
import type { LeftControl } from '../upgrade/estate.js';
import type { Commands, ControlServer, Served } from './server.js';

export class ControlSocket {
  readonly #commands: Commands;
  #path: string | null = null;
  #server: ControlServer | undefined;
  #isClosed = false;

  constructor(commands: Commands) {
    this.#commands = commands;
  }

  /** Opens the first socket; null for none. One that another process still serves, `left`, is taken over later. */
  async open(path: string | null, left: LeftControl | undefined): Promise<Done> {
    if (path !== null && path === left?.path) {
      this.#path = path;
      return DONE;
    }
    const prepared = await this.prepare(path);
    if (prepared.code === 'failed') return prepared;
    await prepared.change.make();
    return DONE;
  }

  /** Opens a socket at another place, beside the one that there is until the change is made. */
  async prepare(path: string | null): Promise<Prepared> {
    if (path === this.#path) return UNCHANGED;
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

  async #serve(path: string): Promise<Served> {
    try {
      return (await import('./server.js')).ControlServer.open(path, this.#commands);
    } catch (error) {
      // The files of another version may have taken the place of this one's.
      return failed(`control_socket: its code cannot be loaded: ${reasonOf(error)}`);
    }
  }

  /** The process whose place this one takes serves no commands any more. */
  async takeOver(left: LeftControl | undefined): Promise<void> {
    if (left === undefined) return;
    if (left.path === this.#path) {
      this.#server = (await import('./server.js')).ControlServer.takeOver(left, this.#commands);
      return;
    }
    closeFd(left.fd);
    removeFile(left.file);
  }

  /** What another process needs to serve commands in the place of this one. */
  get left(): LeftControl | undefined {
    return this.#path === null ? undefined : this.#server?.left(this.#path);
  }

  /** Another process serves commands. Resolves once what was asked of this one is answered. */
  async giveAway(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await server?.giveAway();
  }

  /** Ends what is under way, and removes the file. */
  close(): void {
    this.#isClosed = true;
    this.#server?.close();
  }
}
