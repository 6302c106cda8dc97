// HAProxy as a bare TCP forward, reloaded as its packages do: SIGUSR2 to the master process, which starts itself again and then a
// new worker, to which it hands the listening sockets. The old worker serves its clients to their end.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Daemon } from '../../peers/daemon.js';
import { haproxy } from '../../peers/haproxy.js';
import type { Conditions, Peer } from '../../peers/peer.js';
import { processesOf } from '../../process/cost.js';
import type { Way } from '../../shared/messages.js';
import type { Ways } from '../load/messages.js';
import { ended, isAlive } from './family.js';
import type { Running, Subject } from './subject.js';

const CONFIG_FILE = 'haproxy.cfg';
const UNIX_FILE = 'clients.sock';
const STATS_FILE = 'stats.sock';
const CHANGE_MS = 10_000;
const POLL_MS = 5;
const END_MS = 15_000;

/** No handshake is spoken, neither SOCKS5 nor HTTP: the port says what a client wants. */
function configOf({ listen, target, workers, directory }: Conditions): string {
  const servers = target.echo.map((port) => `  server target-${port} 127.0.0.1:${port}`).join('\n');
  return `
global
  nbthread ${workers}
  stats socket ${join(directory, STATS_FILE)} mode 600 level admin expose-fd listeners

defaults
  mode tcp
  timeout connect 10s
  timeout client 5m
  timeout server 5m

listen echo
  bind 127.0.0.1:${listen.echo}
  bind ${join(directory, UNIX_FILE)}
  balance roundrobin
${servers}

listen source
  bind 127.0.0.1:${listen.source}
  server target-${target.source[0]} 127.0.0.1:${target.source[0]}
`;
}

const peer: Peer = {
  ...haproxy,
  command: (path, conditions) => ({
    argv: [path, '-W', '-db', '-f', join(conditions.directory, CONFIG_FILE)],
    files: { [CONFIG_FILE]: configOf(conditions) },
  }),
};

class RunningHaproxy implements Running {
  readonly ways: Ways;
  readonly #daemon: Daemon;
  readonly #workers = new Set<number>();

  constructor(daemon: Daemon) {
    this.#daemon = daemon;
    const bare = (entry: number): Way => ({ entry, ask: undefined });
    this.ways = {
      short: bare(daemon.listen.echo),
      http: undefined,
      unix: { path: join(daemon.directory, UNIX_FILE), ask: undefined },
      download: bare(daemon.listen.source),
    };
    this.#findWorkers();
  }

  get pids(): readonly number[] {
    return [this.#daemon.pid];
  }

  /** Returns how many there are that were not known. */
  #findWorkers(): number {
    const { size } = this.#workers;
    for (const pid of processesOf(this.#daemon.pid)) if (pid !== this.#daemon.pid) this.#workers.add(pid);
    return this.#workers.size - size;
  }

  /** A reload and an upgrade are the same here. */
  async change(): Promise<void> {
    process.kill(this.#daemon.pid, 'SIGUSR2');
    const until = performance.now() + CHANGE_MS;
    while (this.#findWorkers() === 0) {
      if (performance.now() > until) throw new Error(`no new worker within ${CHANGE_MS} ms`);
      await sleep(POLL_MS);
    }
  }

  async end(): Promise<string[]> {
    const workers = [...this.#workers];
    const stayed = await ended(workers.slice(0, -1), END_MS);
    const wrong = stayed.length > 0 ? [`replaced, but still there without a client: ${stayed.join(', ')}`] : [];
    process.kill(this.#daemon.pid, 'SIGTERM');
    const left = await ended([...workers, this.#daemon.pid], END_MS);
    if (left.length > 0) wrong.push(`still there after SIGTERM: ${left.join(', ')}`);
    return wrong;
  }

  kill(): void {
    for (const pid of [...this.#workers].filter(isAlive)) process.kill(pid, 'SIGKILL');
    this.#daemon.kill();
  }
}

export const HAPROXY: Subject = {
  name: haproxy.name,
  asserted: false,
  peer,
  start: async (path, target, workers) => new RunningHaproxy(await Daemon.start(peer, path, target, workers)),
};
