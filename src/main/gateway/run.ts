// The gateway as a process: what signals do to it, what is logged when it ends, and its exit status. Before the process
// ends at once it resets all open connections: the kernel alone would end a truncated transfer as if it were complete.
// What a signal asks for is decided by process/signals.ts, and how another process takes the place of this one by upgrade/.
import { exitNow, giveBackMemory, writeInBackground } from '../../linux/process.js';
import type { LineNumbers } from '../../protocol/lines/numbers.js';
import type { Configuration } from '../../protocol/options.js';
import { GatewayCount, GatewayCounts } from '../../threads/shared/gateway-counts.js';
import { placesLeft, takeFiles } from '../accept/left.js';
import { removeFiles } from '../accept/listen.js';
import type { ListeningSocket } from '../accept/listening-socket.js';
import { report } from '../observe/report.js';
import { debuggerWarning } from '../process/debugger.js';
import type { OpenLog } from '../process/log.js';
import { onNode } from '../process/node-events.js';
import { ownVersion } from '../process/own-version.js';
import { takePassedFds } from '../process/passed-fds.js';
import { onSignals, type StopSignal } from '../process/signals.js';
import { LogPart } from '../reload/log-part.js';
import { logReload } from '../reload/log-reload.js';
import { type Read, type Reloaded, Reloading, type Written } from '../reload/reloading.js';
import type { Estate } from '../upgrade/estate.js';
import { logUpgrade } from '../upgrade/log-upgrade.js';
import type { Predecessor } from '../upgrade/predecessor.js';
import type { Successor } from '../upgrade/successor.js';
import { type Upgraded, Upgrading } from '../upgrade/upgrading.js';
import { gatewayAdmin } from './admin.js';
import { drain } from './drain.js';
import { startGateway } from './gateway.js';
import { Presence } from './presence.js';
import type { Gateway } from './running.js';

/** How long the last log lines may take when the process is to end at once. */
const AT_ONCE_MS = 200;

export interface Beginning {
  /** Reads the configuration again. */
  readonly read: Read;
  /** Of the lines of the configuration. */
  readonly numbers: LineNumbers;
  /** Where the configuration was written. */
  readonly written?: Written;
  /** Says what ended the start, where the log does not show it. */
  readonly complain?: ((sentence: string) => void) | undefined;
  /** The process whose place this one takes. */
  readonly predecessor?: Predecessor | undefined;
}

/**
 * Runs the gateway until a signal stops it, or until another process has taken its place and its connections have ended. Resolves
 * with the exit status, for `endWith`.
 */
export async function runGateway(options: Configuration, opened: OpenLog, beginning: Beginning): Promise<number> {
  return new Run(options, opened, beginning).run();
}

const STOPS = 'it is given up, since the gateway stops';
const STARTS = 'the gateway is still starting';

class Run {
  readonly #options: Configuration;
  readonly #opened: OpenLog;
  readonly #beginning: Beginning;
  readonly #presence: Presence;
  readonly #counts = new GatewayCounts();
  readonly #passed = takePassedFds(process.env);
  #gateway: Gateway | undefined;
  #reloading: Reloading | undefined;
  #upgrading: Upgrading | undefined;
  /** The process that has taken the place of this one. */
  #successor: Successor | undefined;
  #bound: readonly ListeningSocket[] = [];
  #isReloadWanted = false;
  #isStopping = false;
  #isEnding = false;
  #stop: (signal: StopSignal) => void = () => {};
  readonly #stopped = new Promise<StopSignal>((resolve) => {
    this.#stop = resolve;
  });

  constructor(options: Configuration, opened: OpenLog, beginning: Beginning) {
    this.#options = options;
    this.#opened = opened;
    opened.hearDropped = (kind, lines) => this.#counts.dropped(kind, lines);
    this.#beginning = beginning;
    this.#presence = new Presence(
      opened.log,
      { reload: () => this.#reload(), upgrade: () => this.#upgrade(), gateway: () => this.#gateway },
      beginning.predecessor !== undefined,
    );
    beginning.predecessor?.follow(() => this.#stop('SIGTERM'));
  }

  async run(): Promise<number> {
    const { log, access } = this.#opened;
    this.#listen();
    writeInBackground();
    const debugging = debuggerWarning();
    if (debugging !== undefined) log.warn(debugging);
    const inherited = await this.#beginning.predecessor?.estate(ownVersion());
    if (inherited?.code === 'failed') return this.#fail(inherited.message);
    const left = inherited?.estate;
    if (left !== undefined) this.#counts.add(GatewayCount.upgrades, 1 + (left.upgrades ?? 0));
    const opened = await this.#presence.open(this.#options, left?.control);
    if (opened.code === 'failed') return this.#fail(opened.message);
    const bound = (listening: readonly ListeningSocket[]): void => {
      this.#bound = listening;
    };
    const state = { gateway: () => this.#gateway, isDraining: () => this.#isStopping };
    const asked = { reload: () => this.#reload(), reloading: () => this.#reloading };
    const admin = gatewayAdmin({ ...state, ...asked, log: this.#opened });
    const around = { bound, passed: this.#passed, access, left, admin, counts: this.#counts };
    const starting = startGateway(this.#options, log, {}, around);
    const started = await Promise.race([starting, this.#stopped]);
    if (typeof started === 'string') {
      removeFiles(this.#bound);
      this.#presence.close();
      log.info({ signal: started }, 'stopped before it listened');
      this.#presence.manager.stopping('stopped before it listened', 0);
      await this.#opened.end(AT_ONCE_MS);
      exitNow(0); // no client has been let in, and the actors that are starting need not be waited for
    }
    if (started.code === 'failed') return this.#fail(started.message);
    const { gateway } = started;
    this.#gateway = gateway;
    const published = this.#presence.publish();
    if (published.code === 'done') return this.#serve(gateway, left);
    await gateway.close(0);
    return this.#fail(published.message);
  }

  async #fail(why: string): Promise<number> {
    this.#opened.log.fatal(why);
    this.#beginning.complain?.(`error: ${why}`);
    this.#presence.close();
    this.#presence.manager.status(why);
    await this.#beginning.predecessor?.fails([why]);
    return 1;
  }

  async #serve(gateway: Gateway, left: Estate | undefined): Promise<number> {
    const { log } = this.#opened;
    const { read, numbers, written, predecessor: before } = this.#beginning;
    if (before !== undefined) before.carried = (uses) => gateway.addUses(uses);
    const { workers, lines } = this.#options;
    const where = gateway.listensOn.join(', ');
    log.info({ lines: lines.map(({ name }) => name), workers, version: ownVersion() }, `listening on ${where}`);
    if (left !== undefined) await this.#takeOver(left);
    const beside = [this.#presence, new LogPart(this.#opened, gateway)];
    const reloading = new Reloading(gateway, read, numbers, this.#options, beside, written);
    this.#reloading = reloading;
    this.#beginning.predecessor?.reloadBy(() => this.#reload());
    this.#presence.manager.serving(`serving on ${where}`);
    giveBackMemory();
    const unwatch = this.#presence.watch(gateway);
    const broken = gateway.broken.then((reason) => ({ code: 'broken', reason }) as const);
    const succeeded = this.#succeeded(gateway);
    if (this.#isReloadWanted) void this.#reload();
    const end = await Promise.race([this.#stopped, broken, succeeded]);
    this.#isStopping = true;
    unwatch();
    const { drain_timeout_ms, upgrade_drain_timeout_ms } = reloading.inForce;
    if (typeof end === 'string') {
      log.info({ signal: end }, 'stopping: no new connections, those open may finish');
      return this.#end(gateway, drain_timeout_ms, 'connections that are open may finish');
    }
    if (end.code === 'succeeded') {
      const { successor } = end;
      const answered = this.#presence.giveAway(successor.pid);
      const reopen = (): void => void this.#reopen();
      const times = { drain_timeout_ms, upgrade_drain_timeout_ms };
      await drain({ ...times, gateway, successor, predecessor: before, log, stopped: this.#stopped, reopen });
      await answered;
      this.#presence.close();
      return 0;
    }
    log.fatal({ reason: end.reason }, 'accepting broke');
    await this.#end(gateway, 0, 'accepting broke');
    return 1;
  }

  async #end(gateway: Gateway, drain_timeout_ms: number, status: string): Promise<number> {
    this.#presence.close();
    this.#beginning.predecessor?.stop();
    this.#presence.manager.stopping(status, drain_timeout_ms);
    const ended = await gateway.close(drain_timeout_ms);
    // A service manager ends what is left when this process has ended.
    await this.#beginning.predecessor?.ended(drain_timeout_ms);
    this.#opened.log.info(ended, 'stopped');
    return 0;
  }

  /** Becomes the one process of the gateway. */
  async #takeOver(left: Estate): Promise<void> {
    await this.#beginning.predecessor?.serves(placesLeft(this.#options.listen, left.listeners));
    takeFiles(this.#bound, left.listeners);
    await this.#presence.control.takeOver(left.control);
    if (left.admin !== undefined) this.#gateway?.takeOverAdmin();
    this.#presence.manager.begin();
    const { predecessor } = this.#beginning;
    this.#gateway?.lookAgain();
    void predecessor?.gone.then(() => this.#gateway?.lookAgain());
    this.#opened.log.info('upgrade: this process has taken over');
  }

  /** Resolves once another process has taken over. */
  #succeeded(gateway: Gateway): Promise<{ readonly code: 'succeeded'; readonly successor: Successor }> {
    const { variables, tells: tellsManager } = this.#presence.manager;
    return new Promise((resolve) => {
      this.#upgrading = new Upgrading({
        ...{ variables, tellsManager },
        givenUp: this.#stopped.then(() => STOPS),
        estate: async () => ({ ...(await gateway.estate()), control: this.#presence.control.left }),
        retire: (closed) => gateway.retire(closed),
        retired: (successor) => {
          this.#successor = successor;
          if (this.#isStopping) successor.stop();
          resolve({ code: 'succeeded', successor });
        },
      });
    });
  }

  async #reopen(): Promise<void> {
    await this.#opened.reopen();
    this.#beginning.predecessor?.reopen();
  }

  /** Files of the log are opened again, and the configuration is read again. */
  async #reload(): Promise<Reloaded> {
    await this.#reopen();
    await this.#upgrading?.settled;
    if (this.#successor !== undefined) return this.#successor.reload();
    if (this.#reloading === undefined || this.#isStopping) {
      // A configuration that has changed since the start read it is read once the gateway serves.
      this.#isReloadWanted = true;
      const problem = this.#whyNot;
      this.#opened.log.info(`reload: ${problem}`);
      return { code: 'refused', problems: [problem], warnings: [] };
    }
    const { manager } = this.#presence;
    manager.reloading();
    const reloaded = await this.#reloading.reload();
    this.#counts.add(reloaded.code === 'reloaded' ? GatewayCount.reloads : GatewayCount.reloadsRefused);
    if (this.#isStopping) this.#opened.log.info(`reload: ${STOPS}`);
    else manager.serving(logReload(reloaded, this.#opened.log));
    return reloaded;
  }

  /** Why nothing is changed any more. */
  get #whyNot(): string {
    if (this.#successor !== undefined) return `process ${this.#successor.pid} has taken over`;
    return this.#isStopping ? STOPS : STARTS;
  }

  /** Another process takes over, with the version that is installed now. */
  async #upgrade(): Promise<Upgraded> {
    // What it begins with must not change meanwhile.
    await this.#reloading?.settled;
    if (this.#upgrading === undefined || this.#isStopping) {
      const problem = this.#whyNot;
      this.#opened.log.info(`upgrade: ${problem}`);
      return { code: 'refused', problems: [problem] };
    }
    const upgraded = await this.#upgrading.upgrade();
    if (upgraded.code === 'refused') this.#counts.add(GatewayCount.upgradesRefused);
    logUpgrade(upgraded, this.#opened.log);
    return upgraded;
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
      upgrade: () => void this.#upgrade(),
    });
    onNode({
      failed: (err) => this.#endAtOnce(1, (cut) => log.fatal({ err, cut }, 'the gateway itself failed')),
      warned: (name, message) => log.warn({ name }, message),
    });
  }

  /** `say` logs the reason; `cut` is the number of open connections. */
  #endAtOnce(status: number, say: (cut: number) => void): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    if (this.#gateway === undefined) removeFiles(this.#bound);
    this.#presence.close();
    say(this.#gateway?.breakOff() ?? 0);
    void this.#opened.end(AT_ONCE_MS).then(() => {
      this.#gateway?.breakOff(); // connections that were made meanwhile
      exitNow(status);
    });
  }
}
