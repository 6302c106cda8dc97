// A script for a network namespace (namespace.ts): a machine with two uplinks, `one` and `two`, to another namespace, which has a
// server in many networks that echoes. Each uplink can fall silent, as a line that has died far away, or be cut here. A gateway
// runs here, and clients that go through it, each known by a number. Not a test.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type EngineName, Gateway, type LogRecord } from './gateway.js';
import { dial } from './socks-client.js';
import type { Peer } from './socks-peer.js';

export type Uplink = 'one' | 'two';

export type Asked =
  | { readonly kind: 'gateway'; readonly engine: EngineName; readonly config: object }
  /** Clients that each connect to one of the hosts, in turn. */
  | { readonly kind: 'open'; readonly count: number; readonly hosts: readonly string[] }
  /** Each sends a byte, which comes back if it can. */
  | { readonly kind: 'send'; readonly clients: readonly number[] }
  | { readonly kind: 'look'; readonly clients: readonly number[] }
  /** Whether packets from there arrive here. */
  | { readonly kind: 'answers'; readonly uplink: Uplink; readonly isOn: boolean }
  /** Whether an interface is up here; or `gone`: it is deleted. */
  | { readonly kind: 'link'; readonly uplink: Uplink; readonly state: 'up' | 'down' | 'gone' }
  /** Ends the clients and the gateway. */
  | { readonly kind: 'end' };

export type Answered =
  | { readonly kind: 'done' }
  /** By client, of those opened: its number, and the address from which it came to the server. */
  | { readonly kind: 'opened'; readonly clients: readonly number[]; readonly from: readonly string[] }
  /** By client: `open`, or how it ended; and the bytes that have come back. */
  | { readonly kind: 'looked'; readonly endings: readonly string[]; readonly echoed: readonly number[] }
  | { readonly kind: 'ended'; readonly records: readonly LogRecord[] };

export const PORT = 4000;
/** Octets of the address that the server tells first. */
const TOLD = 40;
// Of a client that is gone again there is no address.
const SERVER = `require('node:net').createServer({ allowHalfOpen: false }, (s) => {
  s.on('error', () => {}); s.write(String(s.remoteAddress).padEnd(${TOLD})); s.pipe(s); }).listen(${PORT}, '0.0.0.0', () => process.stdout.write('up'));`;
const HERE = `
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
ip route add local 198.18.0.0/16 dev lo
`;
const ROUTES = `
ip route replace 198.18.0.0/16 via 10.1.0.2 dev one metric 1
ip route replace 198.18.0.0/16 via 10.2.0.2 dev two metric 2
`;
const ADDRESS = { one: '10.1.0.1', two: '10.2.0.1' } as const;

const sh = (script: string): void =>
  void execFileSync('sh', ['-ec', script], { stdio: ['ignore', 'ignore', 'inherit'] });

class Machine {
  readonly #pid: string;
  readonly #clients: Peer[] = [];
  #gateway: Gateway | undefined;

  constructor(pid: string) {
    this.#pid = pid;
  }

  far(script: string): void {
    execFileSync('nsenter', ['-t', this.#pid, '-n', 'sh', '-ec', script], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  async answer(asked: Asked): Promise<Answered> {
    switch (asked.kind) {
      case 'gateway':
        this.#gateway = await Gateway.start(asked.config, asked.engine);
        return { kind: 'done' };
      case 'open':
        return this.#open(asked.count, asked.hosts);
      case 'send':
        for (const client of asked.clients) this.#clients[client]?.send('x');
        return { kind: 'done' };
      case 'look': {
        const peers = asked.clients.map((client) => this.#clients[client] as Peer);
        const endings = peers.map(({ ending }) => ending);
        return { kind: 'looked', endings, echoed: peers.map(({ waiting }) => waiting) };
      }
      case 'answers':
        this.far(`ip rule ${asked.isOn ? 'del' : 'add'} to ${ADDRESS[asked.uplink]} blackhole`);
        return { kind: 'done' };
      case 'link':
        if (asked.state === 'gone') sh(`ip link del ${asked.uplink}`);
        else sh(`ip link set ${asked.uplink} ${asked.state}\n${asked.state === 'up' ? ROUTES : ''}`);
        return { kind: 'done' };
      case 'end':
        return this.#end();
      default:
        return asked satisfies never;
    }
  }

  async #open(count: number, hosts: readonly string[]): Promise<Answered> {
    const { port } = this.#gateway as Gateway;
    const before = this.#clients.length;
    const opened = await Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const { peer } = await dial(port, { host: hosts[i % hosts.length] as string, port: PORT });
        return { peer, from: (await peer.read(TOLD)).toString().trim() };
      }),
    );
    this.#clients.push(...opened.map(({ peer }) => peer));
    return { kind: 'opened', clients: opened.map((_, i) => before + i), from: opened.map(({ from }) => from) };
  }

  async #end(): Promise<Answered> {
    for (const { socket } of this.#clients) socket.destroy();
    const gateway = this.#gateway as Gateway;
    gateway.child.kill('SIGUSR2');
    await gateway.logged('report: connections');
    await gateway.stop();
    return { kind: 'ended', records: gateway.records };
  }
}

async function start(): Promise<Machine> {
  const inside = ['--net', process.execPath, '-e', 'process.stdout.write("up"); process.stdin.resume()'];
  const child = spawn('unshare', inside, { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  const pid = String(child.pid);
  const machine = new Machine(pid);
  sh(HERE.replaceAll('PID', pid));
  machine.far(FAR);
  sh(ROUTES);
  const server = spawn('nsenter', ['-t', pid, '-n', process.execPath, '-e', SERVER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(server.stdout as NodeJS.ReadableStream, 'data');
  process.once('exit', () => {
    server.kill();
    child.kill();
  });
  return machine;
}

// It changes the network that it finds.
if (process.send === undefined) throw new Error('only for a namespace: see namespace.ts');
const machine = await start();
process.on('message', (asked: Asked) => {
  machine.answer(asked).then(
    (answered) => process.send?.(answered),
    (error: Error) => process.send?.({ error: error.stack }),
  );
});
process.once('disconnect', () => process.exit());
process.send?.({ kind: 'done' });
