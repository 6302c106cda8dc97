// A script for a network namespace (namespace.ts): gateways, connections and commands on a machine with two uplinks
// (two-uplinks.ts). Not a test.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openFrom } from '../../src/dial/first-hop.js';
import { NetworkWatch } from '../../src/linux/netlink/watch.js';
import type { Source } from '../../src/protocol/lines/line.js';
import { type EngineName, Gateway } from './gateway.js';
import { dial } from './socks-client.js';
import { Peer } from './socks-peer.js';
import { PORT, twoUplinks } from './two-uplinks.js';
import { until } from './until.js';

export type Asked =
  /** The addresses from which a gateway's connections come, or the causes of failures. */
  | {
      readonly kind: 'gateway';
      readonly engine: EngineName;
      readonly config: object;
      readonly hosts: readonly string[];
    }
  /** The address from which a connection of Node's own comes, or the message of the error. */
  | { readonly kind: 'dial'; readonly source: Source; readonly host: string }
  /** The output of `tcproute` with these arguments. */
  | { readonly kind: 'run'; readonly config: object; readonly args: readonly string[] }

  /** A gateway that stays; `stop` ends it, and answers with what it still holds. */
  | { readonly kind: 'start'; readonly engine: EngineName; readonly config: object }
  | { readonly kind: 'stop' }
  /** The address from which a connection through it comes, or the code of a failed reply. */
  | { readonly kind: 'connect'; readonly host: string }
  /** Asks it until a connection comes from this address. */
  | { readonly kind: 'comes-from'; readonly host: string; readonly address: string }
  /** The same as `connect`, but `command` is run while its first SYN has no answer. */
  | { readonly kind: 'connect-during'; readonly host: string; readonly command: string; readonly far: boolean }
  /** Waits until the log says so. */
  | { readonly kind: 'logged'; readonly text: string }
  /** What is told of so many changes of addresses that nobody has read of them meanwhile, and of nothing more. */
  | { readonly kind: 'flood' }
  /** A command of the shell, here or in the other namespace, whose process is PID. */
  | { readonly kind: 'shell'; readonly command: string; readonly far?: boolean };

export type Answered = readonly string[];

async function answer(asked: Asked): Promise<Answered> {
  switch (asked.kind) {
    case 'gateway':
      return throughGateway(asked);
    case 'dial': {
      try {
        const signal = AbortSignal.timeout(5000);
        const wanted = { host: asked.host, port: PORT, source: asked.source };
        return [await told(new Peer(await openFrom(wanted, signal)))];
      } catch (error) {
        return [(error as Error).message];
      }
    }
    case 'run':
      return run(asked);
    case 'start':
      gateway = await Gateway.start(asked.config, asked.engine);
      return [];
    case 'stop': {
      const stopped = gateway;
      gateway = undefined;
      await stopped?.stop();
      return [];
    }
    case 'connect':
      return [await connect(asked.host)];
    case 'comes-from':
      return comesFrom(asked.host, asked.address);
    case 'connect-during': {
      const connected = connect(asked.host);
      await until(`a SYN to ${asked.host} has no answer`, () => isConnecting(asked.host));
      shell(asked.command, asked.far);
      return [await connected];
    }
    case 'logged':
      return [(await (gateway as Gateway).logged(asked.text)).msg];
    case 'flood':
      return flood();
    case 'shell':
      shell(asked.command, asked.far ?? false);
      return [];
    default:
      return asked satisfies never;
  }
}

let gateway: Gateway | undefined;
/** As in until.ts. */
const COMES_MS = 10_000;

function shell(command: string, far: boolean): void {
  const [program, ...args] = [
    ...(far ? ['nsenter', '-t', String(peer.pid), '-n'] : []),
    'sh',
    '-ec',
    command.replaceAll('PID', String(peer.pid)),
  ];
  execFileSync(program as string, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function connect(host: string): Promise<string> {
  const { peer: client, reply } = await dial((gateway as Gateway).port, { host, port: PORT });
  if (reply.rep === 0) return told(client);
  client.close();
  return `reply ${reply.rep}`;
}

function flood(): Answered {
  const watch = NetworkWatch.open();
  if (typeof watch === 'number') throw new Error(`no watch: ${watch}`);
  watch.follow({ links: true, ipv4: true, ipv6: true });
  const changes = Array.from({ length: 2000 }, (_, at) => `addr add 10.200.${at >> 8}.${at & 255}/32 dev two\n`);
  execFileSync('ip', ['-batch', '-'], { input: changes.join('') });
  const told: string[] = [];
  for (const wanted of [0, 1]) {
    for (let one = watch.read(() => {}); ; one = watch.read(() => {})) {
      told[wanted] = String(one);
      if (one !== 'more') break;
    }
  }
  watch.follow({ links: false, ipv4: false, ipv6: false });
  execFileSync('ip', ['addr', 'flush', 'dev', 'two', 'to', '10.200.0.0/16']);
  told.push(String(watch.read(() => {})));
  watch.close();
  return told;
}

async function comesFrom(host: string, address: string): Promise<Answered> {
  const end = performance.now() + COMES_MS;
  for (;;) {
    const from = await connect(host);
    if (from === address) return [];
    if (performance.now() > end) throw new Error(`not from ${address}, but: ${from}`);
  }
}

/** In /proc/net/tcp addresses are in the order of the machine, and SYN_SENT is 2. */
function isConnecting(host: string): boolean {
  const address = Buffer.from(host.split('.').map(Number)).reverse().toString('hex').toUpperCase();
  const port = PORT.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync('/proc/self/net/tcp', 'utf8').includes(` ${address}:${port} 02 `);
}

async function run({ config, args }: Extract<Asked, { kind: 'run' }>): Promise<Answered> {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-uplinks-'));
  const file = join(directory, 'c.json');
  writeFileSync(file, JSON.stringify(config));
  const program = fileURLToPath(new URL('../../../bin/tcproute.js', import.meta.url));
  const child = spawn(process.execPath, [program, ...args, '-c', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += String(text)));
  await once(child, 'close');
  rmSync(directory, { recursive: true });
  return output.split('\n');
}

async function throughGateway({ engine, config, hosts }: Extract<Asked, { kind: 'gateway' }>): Promise<Answered> {
  const gateway = await Gateway.start({ ...config, log_level: 'debug' } as object, engine);
  const answers: string[] = [];
  try {
    for (const host of hosts) {
      const destination = { host, port: PORT };
      const { peer, reply } = await dial(gateway.port, destination);
      if (reply.rep === 0) answers.push(await told(peer));
      else answers.push(String((await gateway.connection(destination)).cause));
      peer.close();
    }
    return answers;
  } finally {
    await gateway.kill();
  }
}

async function told(peer: Peer): Promise<string> {
  const text = (await peer.read(40)).toString().trim();
  peer.close();
  return text;
}

// It changes the network that it finds.
if (process.send === undefined) throw new Error('only for a namespace: see namespace.ts');
const peer = await twoUplinks();
process.on('message', (asked: Asked) => {
  const failed = (error: Error) => process.send?.({ error: error.stack ?? error.message });
  answer(asked).then((answered) => process.send?.(answered), failed);
});
process.once('disconnect', () => {
  gateway?.child.kill('SIGKILL');
  peer.kill();
  process.exit();
});
process.send?.({ ready: true });
