// The gateway with either engine. It is told to change on its control socket, and of two upgrades one is asked for by SIGUSR1.
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Daemon } from '../../peers/daemon.js';
import { gatewayEpoll, gatewayUring } from '../../peers/gateway.js';
import type { Conditions, Peer } from '../../peers/peer.js';
import type { TargetPorts } from '../../shared/messages.js';
import type { Ways } from '../load/messages.js';
import { ended, isAlive } from './family.js';
import type { Change, Running, Subject } from './subject.js';

const CONFIG_FILE = 'config.json';
const LOG_FILE = 'gateway.log';
const UNIX_FILE = 'clients.sock';
const CONTROL_FILE = 'control.sock';
const CHANGED = { reload: 'reloaded', upgrade: 'upgraded' } as const;
const CHANGE_MS = 60_000;
/** For processes whose last client has left. */
const END_MS = 15_000;
const POLL_MS = 20;
const COMPLAINTS_MAX = 5;

interface Answer {
  readonly code?: string;
  readonly pid?: number;
  readonly problems?: readonly string[];
  readonly error?: string;
}

interface LogRecord {
  readonly level: string;
  readonly msg: string;
  readonly cut?: number;
  /** Of an upgrade: the process that has taken over, and its version; or why none has. */
  readonly pid?: number;
  readonly to?: string;
  readonly problems?: readonly string[];
}

/** `turn`: the number of reloads before it. */
const configOf = ({ listen, directory, workers }: Omit<Conditions, 'target' | 'setting'>, turn: number): string =>
  JSON.stringify({
    listen: [{ port: listen.echo }, { unix: join(directory, UNIX_FILE) }],
    control_socket: join(directory, CONTROL_FILE),
    log: { destination: join(directory, LOG_FILE), format: 'json' },
    workers,
    // What a reload changes: later connections take another line.
    upstream: { type: 'direct', name: `direct-${turn}` },
  });

const configured = (peer: Peer): Peer => ({
  ...peer,
  command(path, conditions) {
    const { environment = {} } = peer.command(path, conditions);
    return {
      argv: [process.execPath, path, '-c', join(conditions.directory, CONFIG_FILE)],
      environment,
      files: { [CONFIG_FILE]: configOf(conditions, 0) },
    };
  },
});

class RunningGateway implements Running {
  readonly ways: Ways;
  readonly #daemon: Daemon;
  readonly #workers: number;
  readonly #pids: number[];
  #reloads = 0;
  #upgrades = 0;

  constructor(daemon: Daemon, target: TargetPorts, workers: number) {
    this.#daemon = daemon;
    this.#workers = workers;
    this.#pids = [daemon.pid];
    const entry = daemon.listen.echo;
    const ask = { host: '127.0.0.1', ports: target.echo };
    this.ways = {
      short: { entry, ask },
      http: { entry, ask: { ...ask, speech: { kind: 'http' } } },
      unix: { path: join(daemon.directory, UNIX_FILE), ask },
      download: { entry, ask: { ...ask, ports: target.source } },
    };
  }

  get pids(): readonly number[] {
    return this.#pids;
  }

  async change(kind: Change): Promise<void> {
    if (kind === 'reload') {
      const { listen, directory } = this.#daemon;
      this.#reloads += 1;
      const config = configOf({ listen, directory, workers: this.#workers }, this.#reloads);
      writeFileSync(join(directory, CONFIG_FILE), config);
    }
    if (kind === 'upgrade') this.#upgrades += 1;
    const isBySignal = kind === 'upgrade' && this.#upgrades % 2 === 0;
    const { code, pid, problems, error } = await (isBySignal ? this.#signalled() : this.#post(`/${kind}`));
    if (code !== CHANGED[kind]) throw new Error(`${kind}: ${problems?.join('; ') ?? error ?? code}`);
    if (pid !== undefined) this.#pids.push(pid);
  }

  #post(path: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const socketPath = join(this.#daemon.directory, CONTROL_FILE);
      const asked = request({ socketPath, path, method: 'POST', timeout: CHANGE_MS }, (response) => {
        text(response).then((body) => resolve(JSON.parse(body) as Answer), reject);
      });
      asked.once('timeout', () => asked.destroy(new Error(`no answer within ${CHANGE_MS} ms`)));
      asked.once('error', (error) => reject(new Error(`POST ${path}: ${error.message}`)));
      asked.end();
    });
  }

  /** Upgrades by SIGUSR1. What came of it is in the log. */
  async #signalled(): Promise<Answer> {
    const before = this.#records().length;
    process.kill(this.#last, 'SIGUSR1');
    const until = performance.now() + CHANGE_MS;
    while (performance.now() < until) {
      const told = this.#records().slice(before);
      const found = told.find(
        ({ pid, to, problems }) => (pid !== undefined && to !== undefined) || problems !== undefined,
      );
      if (found !== undefined) return { code: found.problems === undefined ? CHANGED.upgrade : 'refused', ...found };
      await sleep(POLL_MS);
    }
    return { error: `SIGUSR1: the log says nothing within ${CHANGE_MS} ms` };
  }

  get #last(): number {
    return this.#pids[this.#pids.length - 1];
  }

  /** What all processes have logged. The last line may be half written. */
  #records(): LogRecord[] {
    const lines = readFileSync(join(this.#daemon.directory, LOG_FILE), 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as LogRecord);
  }

  async end(): Promise<string[]> {
    const wrong: string[] = [];
    const last = this.#last;
    const stayed = await ended(this.#pids.slice(0, -1), END_MS);
    if (stayed.length > 0) wrong.push(`replaced, but still there without a client: ${stayed.join(', ')}`);
    if (isAlive(last)) process.kill(last, 'SIGTERM');
    else wrong.push(`the last process, ${last}, had ended`);
    const left = await ended([last], END_MS);
    if (left.length > 0) wrong.push(`still there after SIGTERM: ${last}`);
    // The end is in /proc before this process hears of it.
    if (!isAlive(this.#daemon.pid)) await this.#daemon.exited;
    if (this.#daemon.end !== 'status 0') wrong.push(`the first process ended with ${this.#daemon.end}`);
    return [...wrong, ...this.#complaints()];
  }

  /** What the log has that it should not have, and whether each process has said how it ended. */
  #complaints(): string[] {
    const records = this.#records();
    const bad = records
      .filter(({ level, cut = 0 }) => level === 'error' || level === 'fatal' || cut > 0)
      .map((record) => `log: ${JSON.stringify(record)}`);
    const stops = records.filter(({ msg }) => msg === 'stopped').length;
    const count = this.#pids.length;
    return [
      ...bad.slice(0, COMPLAINTS_MAX),
      ...(stops === count ? [] : [`log: ${stops} of ${count} processes say that they stopped`]),
    ];
  }

  kill(): void {
    for (const pid of this.#pids.filter(isAlive)) process.kill(pid, 'SIGKILL');
    this.#daemon.kill();
  }
}

const gateway = (peer: Peer): Subject => ({
  name: peer.name,
  asserted: true,
  peer,
  async start(path, target, workers) {
    return new RunningGateway(await Daemon.start(configured(peer), path, target, workers), target, workers);
  },
});

export const GATEWAYS: readonly Subject[] = [gatewayUring, gatewayEpoll].map(gateway);
