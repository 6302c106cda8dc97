// The gateway as a process: what signals do to it, what is logged when it ends, and its exit status. Before the process
// ends at once it resets all open connections: the kernel alone would end a truncated transfer as if it were complete.
// What a signal asks for is decided by process/signals.ts.
import { exitNow, giveBackMemory, writeInBackground } from '../../linux/process.js';
import type { LineNumbers } from '../../protocol/lines/numbers.js';
import type { Configuration } from '../../protocol/options.js';
import { removeFiles } from '../accept/listen.js';
import type { ListeningSocket } from '../accept/listening-socket.js';
import { ControlSocket } from '../control/socket.js';
import { report } from '../observe/report.js';
import { debuggerWarning } from '../process/debugger.js';
import { DONE, type Done } from '../process/done.js';
import type { OpenLog } from '../process/log.js';
import { type PassedFds, takePassedFds } from '../process/passed-fds.js';
import { PidFile } from '../process/pid-file.js';
import { ServiceManager } from '../process/service-manager.js';
import { onSignals, type StopSignal } from '../process/signals.js';
import { startWatchdog } from '../process/watchdog.js';
import { LogPart } from '../reload/log-part.js';
import { logReload } from '../reload/log-reload.js';
import { type Beside, type Read, type Reloaded, Reloading } from '../reload/reloading.js';
import { type Gateway, startGateway } from './gateway.js';

/** How long the last log lines may take to be written, when their reader is slow or has stopped reading. */
const LAST_LINES_MS = 1000;
/** The same when the process is to end at once. */
const AT_ONCE_MS = 200;

/**
 * Runs the gateway until a signal stops it; resolves with the exit status, for `endWith`. `read` reads the configuration again;
 * `numbers`: those of the lines of `options`.
 */
export async function runGateway(
  options: Configuration,
  opened: OpenLog,
  read: Read,
  numbers: LineNumbers,
): Promise<number> {
  return new Run(options, opened, (gateway, beside) => new Reloading(gateway, read, numbers, options, beside)).run();
}

/**
 * Waits until the log is written, for at most LAST_LINES_MS, and ends the process. Node's own end would first give signals
 * back their default actions, and a SIGUSR1 then would kill the process.
 */
export async function endWith(status: number, opened: OpenLog): Promise<never> {
  await opened.end(LAST_LINES_MS);
  exitNow(status);
}

type ReloadingOf = (gateway: Gateway, beside: readonly Beside[]) => Reloading;

const STOPS = 'it is given up, since the gateway stops';

class Run {
  readonly #options: Configuration;
  readonly #opened: OpenLog;
  readonly #manager: ServiceManager;
  readonly #reloadingOf: ReloadingOf;
  readonly #passed: PassedFds;
  #gateway: Gateway | undefined;
  #reloading: Reloading | undefined;
  readonly #control = new ControlSocket({ 'POST /reload': () => this.#reload() });
  #pidFile: PidFile | undefined;
  #bound: readonly ListeningSocket[] = [];
  #isReloadWanted = false;
  #isStopping = false;
  #isEnding = false;
  #stop: (signal: StopSignal) => void = () => {};
  readonly #stopped = new Promise<StopSignal>((resolve) => {
    this.#stop = resolve;
  });

  constructor(options: Configuration, opened: OpenLog, reloadingOf: ReloadingOf) {
    this.#reloadingOf = reloadingOf;
    this.#options = options;
    this.#opened = opened;
    this.#manager = new ServiceManager(process.env, opened.log);
    this.#passed = takePassedFds(process.env);
  }

  async run(): Promise<number> {
    const { log } = this.#opened;
    this.#listen();
    writeInBackground();
    const debugging = debuggerWarning();
    if (debugging !== undefined) log.warn(debugging);
    const commanded = await this.#control.open(this.#options.control_socket);
    if (commanded.code === 'failed') {
      log.fatal(commanded.message);
      return 1;
    }
    const prepared = this.#preparePidFile();
    if (prepared.code === 'failed') {
      log.fatal(prepared.message);
      this.#control.close();
      this.#manager.status(prepared.message);
      return 1;
    }
    const bound = (listening: readonly ListeningSocket[]): void => {
      this.#bound = listening;
    };
    const starting = startGateway(this.#options, log, {}, bound, this.#passed, this.#opened.access);
    const started = await Promise.race([starting, this.#stopped]);
    if (typeof started === 'string') {
      removeFiles(this.#bound);
      this.#control.close();
      this.#pidFile?.remove();
      log.info({ signal: started }, 'stopped before it listened');
      this.#manager.stopping('stopped before it listened', 0);
      await this.#opened.end(AT_ONCE_MS);
      exitNow(0); // no client has been let in, and the actors that are starting need not be waited for
    }
    if (started.code === 'failed') {
      log.fatal(started.message);
      this.#control.close();
      this.#pidFile?.remove();
      this.#manager.status(started.message);
      return 1;
    }
    return this.#serve(started.gateway);
  }

  async #serve(gateway: Gateway): Promise<number> {
    const { log } = this.#opened;
    const manager = this.#manager;
    this.#gateway = gateway;
    const reloading = this.#reloadingOf(gateway, [
      { prepare: ({ control_socket }) => this.#control.prepare(control_socket) },
      new LogPart(this.#opened, gateway),
    ]);
    this.#reloading = reloading;
    const lines = this.#options.lines.map(({ name }) => name);
    const where = gateway.listensOn.join(', ');
    const published = this.#pidFile?.publish();
    if (published?.code === 'failed') {
      log.fatal(published.message);
      this.#control.close();
      manager.status(published.message);
      await gateway.close(0);
      this.#pidFile?.remove();
      return 1;
    }
    log.info({ lines, workers: this.#options.workers }, `listening on ${where}`);
    manager.serving(`serving on ${where}`);
    giveBackMemory();
    const unwatch = this.#watch(gateway);
    if (this.#isReloadWanted) void this.#reload();
    const broken = gateway.broken.then((reason) => ({ reason }));
    const end = await Promise.race([this.#stopped, broken]);
    const isAsked = typeof end === 'string';
    if (isAsked) log.info({ signal: end }, 'stopping: no new connections, those open may finish');
    else log.fatal({ reason: end.reason }, 'accepting broke');
    this.#isStopping = true;
    this.#control.close();
    const drain_timeout_ms = isAsked ? reloading.inForce.drain_timeout_ms : 0;
    manager.stopping(isAsked ? 'connections that are open may finish' : 'accepting broke', drain_timeout_ms);
    const ended = await gateway.close(drain_timeout_ms);
    unwatch();
    this.#pidFile?.remove();
    log.info(ended, 'stopped');
    return isAsked ? 0 : 1;
  }

  /** Feeds the watchdog of the service manager, if it has one. Returns what ends that. */
  #watch(gateway: Gateway): () => void {
    const manager = this.#manager;
    const { watchdog_ms } = manager;
    if (watchdog_ms === undefined) return () => {};
    const silent = (timeout_ms: number): Promise<readonly string[]> => gateway.silent(timeout_ms);
    return startWatchdog({ watchdog_ms, log: this.#opened.log, silent, feed: () => manager.alive() });
  }

  #preparePidFile(): Done {
    const path = this.#options.pid_file;
    if (path === null) return DONE;
    const prepared = PidFile.prepare(path);
    if (prepared.code === 'failed') return prepared;
    this.#pidFile = prepared.file;
    return DONE;
  }

  /** Files of the log are opened again, and the configuration is read again. */
  async #reload(): Promise<Reloaded> {
    const { log, hasFile } = this.#opened;
    await this.#opened.reopen();
    if (hasFile) log.info('the files of the log were opened again');
    if (this.#reloading === undefined || this.#isStopping) {
      // A configuration that has changed since the start read it is read once the gateway serves.
      this.#isReloadWanted = true;
      const problem = this.#isStopping ? STOPS : 'the gateway is still starting: it reloads as soon as it serves';
      log.info(`reload: ${problem}`);
      return { code: 'refused', problems: [problem], warnings: [] };
    }
    this.#manager.reloading();
    const reloaded = await this.#reloading.reload();
    if (this.#isStopping) log.info(`reload: ${STOPS}`);
    else this.#manager.serving(logReload(reloaded, log));
    return reloaded;
  }

  #listen(): void {
    const { log } = this.#opened;
    onSignals({
      stop: this.#stop,
      endAtOnce: (signal, status) => this.#endAtOnce(status, (cut) => log.warn({ signal, cut }, 'ended at once')),
      report: async () => {
        if (this.#gateway !== undefined) await report(this.#gateway, this.#opened.dropped, log);
      },
      reload: async () => void (await this.#reload()),
      ignored: (signal, why) => log.info({ signal, why }, `${signal} is ignored`),
    });
    // Unhandled rejections come here too.
    process.on('uncaughtException', (error) =>
      this.#endAtOnce(1, (cut) => log.fatal({ err: error, cut }, 'the gateway itself failed')),
    );
    // Node itself would write warnings to stderr, and block there when the reader has stopped reading.
    if (process.listenerCount('warning') > 0) {
      process.removeAllListeners('warning');
      process.on('warning', ({ name, message }) => log.warn({ name }, message));
    }
  }

  /** `say` logs the reason; `cut` is the number of open connections. */
  #endAtOnce(status: number, say: (cut: number) => void): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    if (this.#gateway === undefined) removeFiles(this.#bound);
    this.#control.close();
    this.#pidFile?.remove();
    say(this.#gateway?.breakOff() ?? 0);
    void this.#opened.end(AT_ONCE_MS).then(() => {
      this.#gateway?.breakOff(); // connections that were made meanwhile
      exitNow(status);
    });
  }
}
