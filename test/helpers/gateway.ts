// The gateway as its users run it: a child process of bin/tcproute.js with its own configuration file. Collects the
// child's log, and looks at the child's resources from outside. It knows nothing of SOCKS.
import assert from 'node:assert/strict';
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { until } from './until.js';

export type EngineName = 'uring' | 'epoll';

export interface LogRecord {
  readonly level: string;
  readonly msg: string;
  /** Fields of an ended connection. */
  readonly ending?: string;
  readonly cause?: string;
  readonly [field: string]: unknown;
}

export interface Exit {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Unusual conditions for a gateway's process. */
export interface Surroundings {
  readonly environment?: Readonly<Record<string, string>>;
  /** A file descriptor to log to; no records are collected then. */
  readonly stdout?: number;
  /** `bin/tcproute.js` of another installation. */
  readonly program?: string;
}

/** The root of the repository, wherever this file was compiled to. */
export const root = findRoot();
export const program = join(root, 'bin/tcproute.js');

function findRoot(): string {
  let directory = fileURLToPath(new URL('.', import.meta.url));
  while (!existsSync(join(directory, 'package.json'))) directory = join(directory, '..');
  return directory;
}

/** The start takes at most two seconds of CPU time, but the machine may be busy with ten other things. */
const START_MS = 25_000;
/** Pause between the connections of `loggedWhile`. */
const PACE_MS = 100;

export class Gateway {
  readonly child: ChildProcess;
  readonly records: LogRecord[] = [];
  /** All that was printed on both streams. */
  output = '';
  readonly exited: Promise<Exit>;
  exit: Exit | undefined;
  /** Number of sockets that it holds without connections. */
  #idleSockets = 0;

  private constructor(child: ChildProcess, directory: string) {
    this.child = child;
    const { stdout, stderr } = child;
    assert.ok(stderr !== null);
    if (stdout !== null) createInterface({ input: stdout }).on('line', (line) => this.#heard(line));
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
    });
    const abandon = () => child.kill('SIGKILL');
    process.once('exit', abandon);
    this.exited = once(child, 'close').then(([status, signal]) => {
      process.off('exit', abandon);
      rmSync(directory, { recursive: true, force: true });
      this.exit = { status, signal };
      return this.exit;
    });
  }

  /**
   * Starts it without waiting until it listens. `config` is an object, or the name of a file; `fds` is its RLIMIT_NOFILE;
   * `within` is a command that runs the gateway, whose command line is appended.
   */
  static spawn(
    config: object | string,
    engine: EngineName,
    args: readonly string[] = [],
    fds?: number,
    within: readonly string[] = [],
    { environment = {}, stdout, program: installed = program }: Surroundings = {},
  ): Gateway {
    const directory = mkdtempSync(join(tmpdir(), 'tcproute-'));
    const file = typeof config === 'string' ? config : join(directory, 'config.json');
    if (typeof config === 'object') writeFileSync(file, JSON.stringify(config));
    // The DNS probe would ask servers that are not this test's.
    const env = { PATH: process.env['PATH'], TCPROUTE_ENGINE: engine, TCPROUTE_DNS_PROBE_ENABLED: 'off' };
    const limit = fds === undefined ? [] : ['sh', '-c', `ulimit -n ${fds}; exec "$0" "$@"`];
    const [command, ...argv] = [...within, ...limit, process.execPath, installed, '-c', file, ...args];
    const stdio: StdioOptions = ['ignore', stdout ?? 'pipe', 'pipe'];
    const surroundings = { cwd: directory, env: { ...env, ...environment }, stdio };
    return new Gateway(spawn(command, argv, surroundings), directory);
  }

  /**
   * Starts it without waiting, on a port that the kernel chooses and with one worker (unless `config` says otherwise), with
   * settings for tests. A worker takes a tenth of the start; a test for which several workers matter says so.
   */
  static begin(
    config: { readonly race?: object; readonly workers?: number },
    engine: EngineName,
    args: readonly string[] = [],
    fds?: number,
    within?: readonly string[],
  ): Gateway {
    // A real proxy would carry the early probe outside; and on a busy machine, late does not mean broken.
    const race = { early_probe_interval_s: 0, margin_ms: 1000, ...config.race };
    return Gateway.spawn({ port: 0, workers: 1, ...config, race }, engine, args, fds, within);
  }

  /** Starts it and waits until it listens. */
  static async start(...how: Parameters<typeof Gateway.begin>): Promise<Gateway> {
    const gateway = Gateway.begin(...how);
    await gateway.listens();
    return gateway;
  }

  async listens(): Promise<void> {
    const listens = () => this.exit !== undefined || this.#listening() !== undefined;
    await until('the gateway listens', listens, START_MS);
    assert.equal(this.exit, undefined, this.output);
    this.#idleSockets = this.sockets();
  }

  #listening(): LogRecord | undefined {
    return this.records.find(({ msg }) => msg.startsWith('listening on '));
  }

  get port(): number {
    return Number(this.#listening()?.msg.split(':').at(-1));
  }

  #heard(line: string): void {
    this.output += `${line}\n`;
    if (line.startsWith('{')) this.records.push(JSON.parse(line) as LogRecord);
  }

  /** The log lines of ended connections. */
  get connections(): LogRecord[] {
    return this.records.filter(({ msg }) => msg === 'connection');
  }

  /** For tests with so many connections that port numbers repeat. */
  forgetConnections(): void {
    const others = this.records.filter(({ msg }) => msg !== 'connection');
    this.records.splice(0, this.records.length, ...others);
    this.output = '';
  }

  async logged(message: string, timeout_ms?: number): Promise<LogRecord> {
    const find = () => this.records.find(({ msg }) => msg.includes(message));
    await until(`the log says "${message}"`, () => find() !== undefined, timeout_ms);
    return find() as LogRecord;
  }

  /** The same as `logged`, with `act` repeated meanwhile; the last `act` has ended when this returns. */
  async loggedWhile(message: string, timeout_ms: number, act: () => Promise<void>): Promise<LogRecord> {
    let wanted = true;
    const acting = async (): Promise<void> => {
      while (wanted) {
        await act();
        await pause(PACE_MS);
      }
    };
    const logged = this.logged(message, timeout_ms).finally(() => {
      wanted = false;
    });
    const [record] = await Promise.all([logged, acting()]);
    return record;
  }

  /** The first log line of an ended connection (log_level debug). */
  async firstConnection(): Promise<LogRecord> {
    await until('a connection is logged', () => this.connections.length > 0);
    return this.connections[0] as LogRecord;
  }

  /** The log line of the one connection to a destination, once it has ended (log_level debug). */
  async connection({ host, port }: { host: string; port: number }): Promise<LogRecord> {
    const target = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    const find = () => this.connections.find((record) => record['target'] === target);
    await until(`the connection to ${target} is logged`, () => find() !== undefined);
    return find() as LogRecord;
  }

  /** What its open fds refer to, as /proc names it. */
  fds(): string[] {
    const directory = `/proc/${this.child.pid}/fd`;
    return readdirSync(directory).flatMap((fd) => {
      try {
        return [readlinkSync(`${directory}/${fd}`)];
      } catch {
        return []; // closed meanwhile
      }
    });
  }

  sockets(): number {
    return this.fds().filter((fd) => fd.startsWith('socket:')).length;
  }

  /** Number of lines of its memory map. */
  maps(): number {
    return this.#mapLines().length;
  }

  /** The same without pages of V8's heaps, of 256 KiB: the heaps grow for a while, and garbage comes and goes. */
  mapsBesideHeaps(): number {
    return this.#mapLines().filter((line) => !isHeapPage(line)).length;
  }

  #mapLines(): string[] {
    return readFileSync(`/proc/${this.child.pid}/maps`, 'latin1').split('\n').slice(0, -1);
  }

  /** Resident memory in MiB. */
  rss(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'latin1');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  }

  /** Waits until it has closed every connection. */
  async idle(timeout_ms = 10_000): Promise<void> {
    await until('the gateway holds no connection', () => this.sockets() <= this.#idleSockets, timeout_ms);
    const unasked = this.records.filter(({ msg }) => msg.includes('that nobody asked for'));
    assert.deepEqual(unasked, []);
  }

  /** Ends it as an operator does; it must hold no connection any more. */
  async stop(): Promise<void> {
    if (this.exit === undefined) await this.idle();
    this.child.kill('SIGTERM');
    const overdue = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    const exit = await this.exited;
    clearTimeout(overdue);
    assert.deepEqual(exit, { status: 0, signal: null }, this.output);
  }

  /** Kills it, for a test that has failed. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}

/** Of /proc/PID/maps: whether it is memory without a file whose size is a multiple of 256 KiB. */
function isHeapPage(line: string): boolean {
  const [, from, to, name] = /^(\w+)-(\w+)(?: \S+){4} *(.*)$/.exec(line) ?? [];
  const octets = Number(`0x${to}`) - Number(`0x${from}`);
  return name === '' && octets % 0x40000 === 0;
}
