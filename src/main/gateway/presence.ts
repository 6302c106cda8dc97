// How the process is found and spoken to from outside: the socket for commands, the file with its number, and the service
// manager. It decides nothing.
import { ControlSocket } from '../control/socket.js';
import { type Prepared, prepareAll, UNCHANGED } from '../process/change.js';
import { DONE, type Done } from '../process/done.js';
import type { Logger } from '../process/log.js';
import { PidFile } from '../process/pid-file.js';
import { ServiceManager } from '../process/service-manager.js';
import { startWatchdog } from '../process/watchdog.js';
import type { LeftControl } from '../upgrade/estate.js';
import { type Asked, commandsOf } from './commands.js';
import type { Gateway } from './running.js';

interface Places {
  readonly control_socket: string | null;
  readonly pid_file: string | null;
}

export class Presence {
  readonly manager: ServiceManager;
  readonly control: ControlSocket;
  readonly #log: Logger;
  #pidPath: string | null = null;
  #pidFile: PidFile | undefined;
  #isClosed = false;

  /** `isSilent`: the service manager hears of another process still. */
  constructor(log: Logger, asked: Asked, isSilent: boolean) {
    this.#log = log;
    this.manager = new ServiceManager(process.env, log, isSilent);
    this.control = new ControlSocket(commandsOf(asked));
  }

  /** Opens what can fail, before the gateway starts. `left`: what the process serves commands at whose place this one takes. */
  async open({ control_socket, pid_file }: Places, left: LeftControl | undefined): Promise<Done> {
    const opened = await this.control.open(control_socket, left);
    if (opened.code === 'failed' || pid_file === null) return opened;
    const prepared = PidFile.prepare(pid_file);
    if (prepared.code === 'failed') return prepared;
    this.#pidFile = prepared.file;
    this.#pidPath = pid_file;
    return DONE;
  }

  /** Opens other places beside those that there are until the change is made. */
  prepare({ control_socket, pid_file }: Places): Promise<Prepared> {
    return prepareAll([() => this.control.prepare(control_socket), async () => this.#preparePidFile(pid_file)]);
  }

  /** The number stands at the other place at once, since what can fail is to fail now. */
  #preparePidFile(path: string | null): Prepared {
    if (path === this.#pidPath) return UNCHANGED;
    const prepared = path === null ? undefined : PidFile.prepare(path);
    if (prepared?.code === 'failed') return prepared;
    const next = prepared?.file;
    const published = next?.publish();
    if (published?.code === 'failed') {
      next?.remove();
      return published;
    }
    const make = (): void => {
      this.#pidFile?.remove();
      this.#pidFile = next;
      this.#pidPath = path;
      if (this.#isClosed) next?.remove();
    };
    return { code: 'prepared', change: { make, drop: () => next?.remove() } };
  }

  /** The gateway accepts clients: its number stands in the file. */
  publish(): Done {
    return this.#pidFile?.publish() ?? DONE;
  }

  /** Feeds the watchdog of the service manager, if it has one. Returns what ends that. */
  watch(gateway: Pick<Gateway, 'silent'>): () => void {
    const { manager } = this;
    const { watchdog_ms } = manager;
    if (watchdog_ms === undefined) return () => {};
    const silent = (timeout_ms: number): Promise<readonly string[]> => gateway.silent(timeout_ms);
    return startWatchdog({ watchdog_ms, log: this.#log, silent, feed: () => manager.alive() });
  }

  /** Another process is the gateway. Resolves once what was asked of this one is answered. */
  async giveAway(pid: number): Promise<void> {
    this.manager.giveOver(pid);
    await this.control.giveAway();
  }

  /** Nobody is to find the process any more. The service manager is not told. */
  close(): void {
    this.#isClosed = true;
    this.control.close();
    this.#pidFile?.remove();
  }
}
