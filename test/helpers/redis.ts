// A real Redis on loopback, Debian's redis-server, which listens on a TCP port and a Unix socket: alone, as a sentinel or as a node
// of a cluster. A test that needs it is skipped where it is not installed. `stop` leaves nothing of it behind.
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './proxies.js';
import { until } from './until.js';

/** Why it cannot be started here; undefined if it can. */
export function whyNoRedis(): string | undefined {
  const missing = ['redis-server', 'redis-cli'].some((program) => spawnSync('which', [program]).status !== 0);
  return missing ? 'redis-server not installed: apt-get install redis-server' : undefined;
}

export interface RedisOptions {
  /** Lines of its configuration, which go before those of this file: `maxmemory 1mb`, `requirepass secret` … */
  readonly lines?: readonly string[];
  /** Files beside it, for lines that name them without a folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** With TLS its TCP port takes nothing else. The files are `key.pem` and `cert.pem`. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly kind?: 'server' | 'sentinel' | 'cluster';
  /** The password of the default user, for `ask`. */
  readonly password?: string;
}

export interface Redis {
  readonly port: number;
  /** Of the bus of a cluster. */
  readonly busPort: number;
  /** The path of its Unix socket. */
  readonly path: string;
  /** `redis://127.0.0.1:<port>`, or `rediss:`. */
  readonly url: string;
  /** Runs a command by the Unix socket; gives what redis-cli prints, errors too. */
  ask(...command: readonly string[]): Promise<string>;
  /** SIGSTOP: it hangs, and the kernel still takes connections. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** SIGKILL, as a crash. */
  kill(): Promise<void>;
  /** Once more, at the same places and with the same data; with other lines where some are given. */
  start(lines?: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** A port that was free may be taken before Redis opens it. */
const STARTS_MAX = 3;
const READY = /Ready to accept connections|Sentinel ID is|Server initialized/;

const running = new Set<ChildProcess>();
// A test that fails or is ended leaves none behind either.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export async function startRedis(options: RedisOptions = {}): Promise<Redis> {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-redis-'));
  for (let start = 1; ; start += 1) {
    const server = new Server(directory, options, await freePort(), await freePort());
    const failure = await server.tryToStart(options.lines ?? []);
    if (failure === undefined) return server;
    if (start === STARTS_MAX || !/Address already in use/.test(failure)) {
      await server.stop();
      throw new Error(`redis-server did not start: ${failure}`);
    }
  }
}

class Server implements Redis {
  readonly port: number;
  readonly busPort: number;
  readonly path: string;
  readonly url: string;
  readonly #directory: string;
  readonly #options: RedisOptions;
  #child: ChildProcess | undefined;

  constructor(directory: string, options: RedisOptions, port: number, busPort: number) {
    this.port = port;
    this.path = join(directory, 'redis.sock');
    this.url = `redis${options.tls === undefined ? '' : 's'}://127.0.0.1:${port}`;
    this.#directory = directory;
    this.#options = options;
    this.busPort = busPort;
    const tls = options.tls === undefined ? {} : { 'key.pem': options.tls.key, 'cert.pem': options.tls.cert };
    for (const [name, text] of Object.entries({ ...options.files, ...tls })) writeFileSync(join(directory, name), text);
  }

  /** Returns its output if it did not start. */
  async tryToStart(lines: readonly string[]): Promise<string | undefined> {
    const { tls, kind = 'server' } = this.#options;
    const file = join(this.#directory, 'redis.conf');
    const all = [
      ...lines,
      ...['bind 127.0.0.1', 'daemonize no', 'logfile ""', 'unixsocket redis.sock', 'unixsocketperm 700'],
      `dir ${this.#directory}`,
      ...(tls === undefined ? [`port ${this.port}`] : ['port 0', `tls-port ${this.port}`, 'tls-auth-clients optional']),
      ...(tls === undefined ? [] : ['tls-key-file key.pem', 'tls-cert-file cert.pem', 'tls-ca-cert-file cert.pem']),
      // Nothing is saved but by a command.
      ...(kind === 'sentinel' ? [] : ['save ""', 'appendonly no', 'enable-debug-command yes']),
      ...(kind === 'cluster'
        ? ['cluster-enabled yes', 'cluster-config-file nodes.conf', `cluster-port ${this.busPort}`]
        : []),
    ];
    writeFileSync(file, `${all.join('\n')}\n`);
    const child = spawn('redis-server', [file, ...(kind === 'sentinel' ? ['--sentinel'] : [])], {
      cwd: this.#directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    running.add(child);
    let [said, isOver] = ['', false];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += said.length < 65_536 ? chunk : '';
      });
    }
    child.once('close', () => {
      isOver = true;
      running.delete(child);
    });
    await until('Redis is ready, or has ended', () => isOver || READY.test(said));
    return isOver ? said : undefined;
  }

  async start(lines: readonly string[] = this.#options.lines ?? []): Promise<void> {
    const failure = await this.tryToStart(lines);
    if (failure !== undefined) throw new Error(`redis-server did not start again: ${failure}`);
  }

  async ask(...command: readonly string[]): Promise<string> {
    const env = { ...process.env, ...(this.#options.password && { REDISCLI_AUTH: this.#options.password }) };
    const { stdout } = await promisify(execFile)('redis-cli', ['-s', this.path, ...command], { env });
    return stdout.trimEnd();
  }

  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || !running.has(child)) return;
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
