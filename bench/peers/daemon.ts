// A running subject: started in its own process group and directory, ready once it accepts connections, and ended with all
// its processes, at the latest when the bench ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TargetKind, TargetPorts } from '../shared/messages.js';
import { freePorts } from './free-ports.js';
import type { Conditions, Peer, Setting } from './peer.js';

const READY_TIMEOUT_MS = 10_000;
const READY_POLL_MS = 2;
const TERM_TIMEOUT_MS = 3000;

const running = new Set<Daemon>();
process.on('exit', () => {
  for (const daemon of running) daemon.kill();
});

/** The subject did not start: its own failure, not the bench's. */
export class StartError extends Error {}

export class Daemon {
  readonly listen: Readonly<Record<TargetKind, number>>;
  /** When it was spawned, and when it first accepted a connection (performance.now). */
  readonly spawned_ms: number;
  #accepted_ms = Number.NaN;
  readonly #process: ChildProcess;
  readonly #directory: string;
  readonly #line: string;
  readonly #exited: Promise<void>;
  #end: string | undefined;

  static async start(
    peer: Peer,
    path: string,
    target: TargetPorts,
    workers: number,
    setting: Setting = { kind: 'plain' },
  ): Promise<Daemon> {
    const [echo, source, sink] = await freePorts(3);
    const daemon = new Daemon(peer, path, { listen: { echo, source, sink }, target, workers, setting });
    await daemon.#ready();
    return daemon;
  }

  private constructor(peer: Peer, path: string, conditions: Omit<Conditions, 'directory'>) {
    this.listen = conditions.listen;
    this.#directory = mkdtempSync(join(tmpdir(), 'tcproute-bench-'));
    const command = peer.command(path, { ...conditions, directory: this.#directory });
    for (const [name, text] of Object.entries(command.files ?? {})) writeFileSync(join(this.#directory, name), text);
    const [program, ...rest] = command.argv;
    this.#line = command.argv.join(' ');
    // Logs are discarded: some programs write a line for each connection, and a file or a pipe would cost them CPU time.
    this.spawned_ms = performance.now();
    this.#process = spawn(program, rest, {
      cwd: this.#directory,
      env: { ...process.env, ...command.environment },
      stdio: 'ignore',
      detached: true,
    });
    running.add(this);
    this.#exited = new Promise((resolve) => {
      const ended = (how: string): void => {
        this.#end ??= how;
        resolve();
      };
      this.#process.on('exit', (code, signal) => ended(signal ?? `status ${code}`));
      this.#process.on('error', (error) => ended(error.message));
    });
  }

  get accepted_ms(): number {
    return this.#accepted_ms;
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  /** Where its files are; removed at its end. */
  get directory(): string {
    return this.#directory;
  }

  /** Resolves when the process has ended. */
  get exited(): Promise<void> {
    return this.#exited;
  }

  /** How the process ended: a status, a signal or an error; undefined while it runs. */
  get end(): string | undefined {
    return this.#end;
  }

  async #ready(): Promise<void> {
    const until = performance.now() + READY_TIMEOUT_MS;
    while (!(await accepts(this.listen.echo))) {
      if (this.#end === undefined && performance.now() < until) {
        await sleep(READY_POLL_MS);
        continue;
      }
      const why = this.#end === undefined ? 'accepts no connection' : `ended with ${this.#end}`;
      await this.stop();
      throw new StartError(`${this.#line}: ${why}`);
    }
    this.#accepted_ms = performance.now();
  }

  async stop(): Promise<void> {
    this.#signal('SIGTERM');
    const patience = new AbortController();
    await Promise.race([this.#exited, sleep(TERM_TIMEOUT_MS, undefined, patience)]);
    patience.abort();
    this.kill();
    await this.#exited;
  }

  /** Ends the remaining processes of the group at once. */
  kill(): void {
    this.#signal('SIGKILL');
    running.delete(this);
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // No process of the group is left.
    }
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
    // Where its backlog is full, the kernel would try for minutes.
    socket.setTimeout(READY_TIMEOUT_MS, () => {
      socket.destroy();
      resolve(false);
    });
  });
}
