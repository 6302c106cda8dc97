// A script for a network namespace (namespace.ts): a machine with two uplinks, `one` and `two`, to another namespace whose
// server tells each client its address. The routes prefer `one`; a rule leads packets with the mark 7 to `two`. Not a test.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openFrom } from '../../src/dial/first-hop.js';
import type { Source } from '../../src/protocol/lines/line.js';
import { type EngineName, Gateway } from './gateway.js';
import { dial } from './socks-client.js';
import { Peer } from './socks-peer.js';

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
  | { readonly kind: 'run'; readonly config: object; readonly args: readonly string[] };

export type Answered = readonly string[];

const PORT = 4000;
const SERVER = `require('node:net').createServer((s) => { s.on('error', () => {}); s.end(s.remoteAddress.padEnd(40)); })
  .listen(${PORT}, '0.0.0.0', () => process.stdout.write('up'));`;
const ROUTES = `
ip link set lo up
ip link add one type veth peer name far1 netns PID
ip link add two type veth peer name far2 netns PID
ip addr add 10.1.0.1/24 dev one && ip link set one up
ip addr add 10.2.0.1/24 dev two && ip link set two up
`;
const FAR = `
ip link set lo up
ip addr add 10.1.0.2/24 dev far1 && ip link set far1 up
ip addr add 10.2.0.2/24 dev far2 && ip link set far2 up
ip addr add 10.9.0.1/24 dev lo
`;
const AFTER = `
ip route add 10.9.0.0/24 via 10.1.0.2 dev one metric 1
ip route add 10.9.0.0/24 via 10.2.0.2 dev two metric 2
ip rule add fwmark 7 table 100
ip route add 10.9.0.0/24 via 10.2.0.2 dev two table 100
`;

async function other(): Promise<ChildProcess> {
  const child = spawn(
    'unshare',
    ['--net', process.execPath, '-e', 'process.stdout.write("up"); process.stdin.resume()'],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  const pid = String(child.pid);
  execFileSync('sh', ['-ec', ROUTES.replaceAll('PID', pid)]);
  const inside = ['-t', pid, '-n'];
  execFileSync('nsenter', [...inside, 'sh', '-ec', FAR]);
  execFileSync('sh', ['-ec', AFTER]);
  const server = spawn('nsenter', [...inside, process.execPath, '-e', SERVER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(server.stdout as NodeJS.ReadableStream, 'data');
  process.once('exit', () => server.kill());
  return child;
}

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
    default:
      return asked satisfies never;
  }
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
const peer = await other();
process.on('message', (asked: Asked) => {
  const failed = (error: Error) => process.send?.({ error: error.stack ?? error.message });
  answer(asked).then((answered) => process.send?.(answered), failed);
});
process.once('disconnect', () => {
  peer.kill();
  process.exit();
});
process.send?.({ ready: true });
