// A machine with two uplinks, in network namespaces of its own: `one` is preferred, and the cable of either can be pulled at its
// far end, where a server says from which address a client came and then echoes. It never touches the network that it finds.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';

/** From the start of a process in it until it says that it is up. */
const UP_MS = 30_000;
const FLAGS = ['--map-root-user', '--net', '--mount'];

/** Both ports have the same server: of the second, rules may say that it goes over the other uplink. */
export const SERVER = '10.9.0.1';
export const PORTS = [4000, 4001] as const;
export const UPLINKS = { one: '10.1.0.1', two: '10.2.0.1' } as const;
export type Uplink = keyof typeof UPLINKS;

const ECHO = `for (const port of [${PORTS.join(', ')}]) require('node:net').createServer({ noDelay: true }, (s) => {
  s.on('error', () => {}); s.write(String(s.remoteAddress) + '\\n'); s.pipe(s);
}).listen(port, '0.0.0.0', 4096, () => process.stdout.write('up'));`;

const NEAR = `
ip link set lo up
ip link add one type veth peer name far-one netns PID
ip link add two type veth peer name far-two netns PID
ip addr add 10.1.0.1/24 dev one && ip link set one up
ip addr add 10.2.0.1/24 dev two && ip link set two up
`;
const FAR = `
ip link set lo up
ip addr add 10.1.0.2/24 dev far-one && ip link set far-one up
ip addr add 10.2.0.2/24 dev far-two && ip link set far-two up
ip addr add ${SERVER}/24 dev lo
`;
const ROUTES = `
ip route replace 10.9.0.0/24 via 10.1.0.2 dev one metric 1
ip route replace 10.9.0.0/24 via 10.2.0.2 dev two metric 2
ip rule add from 10.1.0.1 table 101
ip rule add from 10.2.0.1 table 102
ip route replace 10.9.0.0/24 via 10.1.0.2 dev one table 101
ip route replace 10.9.0.0/24 via 10.2.0.2 dev two table 102
`;

/** Why no such machine can be made here; undefined if one can. */
export function whyNoUplinks(): string | undefined {
  const tried = spawnSync(
    'unshare',
    [...FLAGS, 'sh', '-c', 'ip link set lo up && ip link add near1 type veth peer name far1'],
    {
      encoding: 'utf8',
    },
  );
  if (tried.status === 0) return undefined;
  return `no network namespaces here: ${tried.error?.message ?? tried.stderr.trim()}`;
}

/** Runs a built module in new namespaces, with a channel for messages. */
export function inNamespaces(script: URL): ChildProcess {
  return spawn('unshare', [...FLAGS, process.execPath, script.pathname], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

export class Machine {
  readonly #inside: readonly string[];
  readonly #far: ChildProcess;
  readonly #server: ChildProcess;

  private constructor(far: ChildProcess, inside: readonly string[], server: ChildProcess) {
    this.#far = far;
    this.#inside = inside;
    this.#server = server;
  }

  /** Only within namespaces: it changes the network that it finds. */
  static async make(): Promise<Machine> {
    const idle = 'process.stdout.write("up"); process.stdin.resume()';
    const far = spawn('unshare', ['--net', process.execPath, '-e', idle], { stdio: ['pipe', 'pipe', 'inherit'] });
    await isUp(far, 'the far end');
    const pid = String(far.pid);
    sh(NEAR.replaceAll('PID', pid));
    const inside = ['-t', pid, '-n'];
    execFileSync('nsenter', [...inside, 'sh', '-ec', FAR]);
    sh(ROUTES);
    const server = spawn('nsenter', [...inside, process.execPath, '-e', ECHO], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await isUp(server, 'the server of the far end');
    return new Machine(far, inside, server);
  }

  /** The carrier goes: nothing tells the sessions. */
  pull(uplink: Uplink): void {
    execFileSync('nsenter', [...this.#inside, 'ip', 'link', 'set', `far-${uplink}`, 'down']);
  }

  plug(uplink: Uplink): void {
    execFileSync('nsenter', [...this.#inside, 'ip', 'link', 'set', `far-${uplink}`, 'up']);
  }

  close(): void {
    this.#server.kill();
    this.#far.kill();
  }
}

/** Resolves when the process has said something. Rejects if it ends before, or says nothing for too long; it is killed then. */
export function isUp(child: ChildProcess, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (why: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`${what} ${why}`));
    };
    const timer = setTimeout(() => failed(`has said nothing for ${UP_MS} ms`), UP_MS);
    child.once('error', (error) => failed(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => failed(`has ended with ${signal ?? `status ${code}`}`));
    child.stdout?.once('data', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function sh(script: string): void {
  execFileSync('sh', ['-ec', script]);
}
