// What the process tells a service manager, such as systemd, by the protocol of sd_notify(3): datagrams to the Unix socket that
// the variable NOTIFY_SOCKET names. Without that variable nothing is told. It decides nothing: see watchdog.ts and run.ts.
import { DATAGRAM_ADDRESS_MAX, sendDatagram } from '../../linux/unix-datagrams.js';
import { plain } from '../../protocol/text/plain-text.js';
import type { Logger } from './log.js';

type Environment = Record<string, string | undefined>;

/** For the process that they are given to, and not for those that it starts. */
const OWN_VARIABLES = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'];
/** Messages that wait because the manager has not read earlier ones. A start and an end have four. */
const WAITING_MAX = 16;
/** How soon waiting messages are sent again. */
const AGAIN_MS = 100;
/** What an end takes beside the drain: the actors that write state files have 10 s, and others 2 s each. */
const END_MS = 15_000;

export class ServiceManager {
  /** The manager ends the process when it has not heard `alive` for this long, in ms; undefined: it does not watch. */
  readonly watchdog_ms: number | undefined;
  readonly #log: Logger;
  readonly #socket: string | undefined;
  readonly #address: Uint8Array | undefined;
  /** Nothing is told by a process that is not the service yet, or any more. */
  #isSilent: boolean;
  readonly #waiting: string[] = [];
  #again: NodeJS.Timeout | undefined;
  #hasFailed = false;

  /** Takes its variables out of `environment`, so that no child gets them. `isSilent`: until `begin`. */
  constructor(environment: Environment, log: Logger, isSilent = false) {
    this.#isSilent = isSilent;
    this.#log = log;
    const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: usec, WATCHDOG_PID: pid } = environment;
    for (const name of OWN_VARIABLES) delete environment[name];
    this.#socket = socket || undefined;
    this.#address = socket === undefined || socket === '' ? undefined : this.#addressOf(socket);
    this.watchdog_ms = this.#address === undefined ? undefined : watchdogOf(usec, pid);
  }

  #addressOf(socket: string): Uint8Array | undefined {
    const address = Buffer.from(socket);
    const fits = /^[/@]./s.test(socket) && address.length <= DATAGRAM_ADDRESS_MAX;
    if (fits) return address;
    const allowed = `an absolute path or @ and a name, of at most ${DATAGRAM_ADDRESS_MAX} bytes`;
    this.#log.warn(
      `NOTIFY_SOCKET is ${JSON.stringify(socket)}, allowed: ${allowed}; the service manager is told nothing`,
    );
    return undefined;
  }

  /** The process is the service now. */
  begin(): void {
    this.#isSilent = false;
  }

  /** Clients are let in, after a start or a reload. `status`: one sentence. */
  serving(status: string): void {
    this.#tell(['READY=1', statusLine(status)]);
  }

  /** A reload begins. `serving` must follow, whatever comes of it. */
  reloading(): void {
    // Of CLOCK_MONOTONIC, as that of the manager.
    this.#tell(['RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`, 'STATUS=reloading']);
  }

  /** The end begins, and may last for `drain_timeout_ms`, for which the manager's own time-out is extended. */
  stopping(status: string, drain_timeout_ms: number): void {
    this.#tell(['STOPPING=1', `EXTEND_TIMEOUT_USEC=${(drain_timeout_ms + END_MS) * 1000}`, statusLine(status)]);
  }

  /** Why the process ends, for the manager's status. */
  status(status: string): void {
    this.#tell([statusLine(status)]);
  }

  /** What the next process of the gateway needs in its environment to be heard. */
  get variables(): Readonly<Record<string, string>> {
    if (this.#socket === undefined) return {};
    // Without WATCHDOG_PID they are for any process.
    const watchdog = this.watchdog_ms === undefined ? {} : { WATCHDOG_USEC: String(this.watchdog_ms * 1000) };
    return { NOTIFY_SOCKET: this.#socket, ...watchdog };
  }

  /** Whether anybody is told anything. */
  get tells(): boolean {
    return this.#address !== undefined;
  }

  /** From now on that process is the service, and this one tells nothing more. */
  giveOver(pid: number): void {
    this.#tell([`MAINPID=${pid}`, 'READY=1', statusLine(`process ${pid} serves`)]);
    this.#isSilent = true;
  }

  /** Nothing hangs. */
  alive(): void {
    // The manager hears what waits as soon as it reads; one more would tell it nothing else.
    if (this.#waiting.length === 0) this.#tell(['WATCHDOG=1']);
  }

  /** Sends nothing further. */
  close(): void {
    clearTimeout(this.#again);
    this.#waiting.length = 0;
  }

  #tell(lines: readonly string[]): void {
    if (this.#address === undefined || this.#isSilent) return;
    if (this.#waiting.length < WAITING_MAX) {
      this.#waiting.push(lines.join('\n'));
      this.#send(this.#address);
    } else this.#failed('it does not read its messages');
  }

  /** Sends what waits, in order. */
  #send(address: Uint8Array): void {
    clearTimeout(this.#again);
    while (this.#waiting.length > 0) {
      const sent = sendDatagram(address, Buffer.from(this.#waiting[0]));
      if (sent.code === 'full') {
        this.#again = setTimeout(() => this.#send(address), AGAIN_MS);
        return;
      }
      this.#waiting.shift();
      if (sent.code === 'failed') this.#failed(sent.error);
    }
  }

  /** Said once: every further message would have the same fate. */
  #failed(why: string): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#log.warn({ why }, 'the service manager (NOTIFY_SOCKET) cannot be told how the gateway is');
  }
}

const statusLine = (status: string): string => `STATUS=${plain(status)}`;

/** As sd_watchdog_enabled(3): the variables may be those of another process. */
function watchdogOf(usec: string | undefined, pid: string | undefined): number | undefined {
  if (pid !== undefined && pid !== String(process.pid)) return undefined;
  const value = Number(usec ?? 0);
  return Number.isSafeInteger(value) && value > 0 ? value / 1000 : undefined;
}
