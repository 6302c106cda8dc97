// A full gateway: connections that fall silent one after another, peers that may vanish, and clients for which there is no
// room. Also a script for a network namespace (namespace.ts), where peers can vanish. Not a test.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Configuration } from '../../src/protocol/options.js';
import type { Record } from './capture-log.js';
import { type EngineName, root } from './gateway.js';
import { gatewayOptions } from './gateway-options.js';
import { echoServer, type TestServer } from './servers.js';
import { dial, through } from './socks-client.js';
import type { Peer } from './socks-peer.js';
import { until } from './until.js';

const PROCESS = fileURLToPath(new URL('gateway-process.js', import.meta.url));

/** A gateway with room for `connections_max`, for which a connection is silent after 50 ms in place of a minute. */
export class FullGateway {
  readonly records: Record[] = [];
  readonly echo: TestServer;
  readonly #child: ChildProcess;
  port = 0;

  private constructor(echo: TestServer, child: ChildProcess) {
    this.echo = echo;
    this.#child = child;
    if (child.stdout === null) throw new Error('no output');
    createInterface(child.stdout).on('line', (line) => this.records.push(JSON.parse(line) as Record));
  }

  static async start(
    engine: EngineName,
    connections_max: number,
    more: Partial<Configuration> = {},
  ): Promise<FullGateway> {
    const limits = { ...gatewayOptions().limits, connections_max, end_idle_after_s: 0.05 };
    // One worker: of two, each tells how long it is by a clock of its own, a moment apart.
    const options = { engine, limits, workers: 1, log_level: 'debug', ...more };
    const child = spawn(process.execPath, [PROCESS, JSON.stringify(options)], {
      ...{ cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
    });
    const full = new FullGateway(await echoServer(), child);
    const says = (): Record | undefined => full.records.find(({ msg }) => msg.startsWith('listening on 127.0.0.1:'));
    await until('it listens', () => says() !== undefined, 20_000);
    full.port = Number(says()?.msg.split(':').at(-1));
    return full;
  }

  /** A connection that has passed a byte to and fro, and is silent from then on. `from`: the client's address. */
  async silent(from = '127.0.0.1', destination: TestServer = this.echo): Promise<Peer> {
    const { peer } = await dial(this.port, destination, from);
    await pass(peer);
    return peer;
  }

  /** For which there may be no room. */
  next(): Promise<Peer> {
    return through(this.port, this.echo);
  }

  /** By the client's port: how the connections ended that have ended. */
  endings(): ReadonlyMap<number, unknown> {
    const ended = this.records.filter(({ msg }) => msg === 'connection');
    return new Map(ended.map(({ client, ending }) => [Number(String(client).split(':').at(-1)), ending]));
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
    await this.echo.close();
  }
}

/** A byte goes to and fro. */
export async function pass(peer: Peer): Promise<void> {
  peer.send(Buffer.from('x'));
  await peer.read(1);
}

export interface Dead {
  readonly engine: EngineName;
}

/** How the connections ended, the longest silent first; `open` for one that did not. */
export type Ends = readonly string[];

/** One that lives, one whose client has vanished, one that lives, and one that has vanished; two more clients come. */
async function dead({ engine }: Dead): Promise<Ends> {
  const full = await FullGateway.start(engine, 4);
  const peers: Peer[] = [];
  for (const from of ['127.0.0.1', '127.0.0.2', '127.0.0.1']) peers.push(await full.silent(from));
  await until('all bytes are acknowledged', () => !/^ESTAB +[0-9]+ +[1-9]/m.test(run('ss', '-tn')));
  // Its last byte may still be on its way: then the kernel does not ask.
  peers.push(await full.silent('127.0.0.2'));
  // From here on nothing comes to that address, nor from it.
  run('ip', 'route', 'add', 'blackhole', '127.0.0.2', 'table', 'local');
  const more = await Promise.all([full.next(), full.next()]);
  for (const peer of more) await pass(peer);
  for (const peer of [peers[0], peers[2]]) if (peer !== undefined) await pass(peer);
  const ports = peers.map((peer) => peer.socket.localPort ?? 0);
  await until('their ends are told', () => full.endings().size === 2);
  const ends = full.endings();
  run('ip', 'route', 'del', 'blackhole', '127.0.0.2', 'table', 'local');
  for (const peer of [...peers, ...more]) peer.close();
  await full.stop();
  return ports.map((port) => String(ends.get(port) ?? 'open'));
}

function run(...[command, ...args]: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command as string, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  process.on('message', (asked: Dead) => {
    dead(asked).then(
      (ends) => process.send?.(ends),
      (error: unknown) => process.send?.({ error: String(error) }, () => process.exit(1)),
    );
  });
  run('ip', 'link', 'set', 'lo', 'up');
  process.send({});
}
