// A machine with two uplinks, `one` and `two`, to another network namespace whose server tells each client its address. The routes
// prefer `one`; a rule leads packets with the mark 7 to `two`. For scripts that run in a namespace (namespace.ts). Not a test.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Where the other namespace's server listens, on all addresses. */
export const PORT = 4000;
const SERVER = `require('node:net').createServer((s) => {
  s.on('error', () => {});
  s.end(String(s.remoteAddress).replace('::ffff:', '').padEnd(40));
}).listen(${PORT}, '::', () => process.stdout.write('up'));`;
const ROUTES = `
ip link set lo up
ip link add one type veth peer name far1 netns PID
ip link add two type veth peer name far2 netns PID
ip addr add 10.1.0.1/24 dev one && ip addr add 2001:db8:1::1/64 dev one nodad && ip link set one up
ip addr add 10.2.0.1/24 dev two && ip addr add 2001:db8:2::1/64 dev two nodad && ip link set two up
`;
const FAR = `
ip link set lo up
ip addr add 10.1.0.2/24 dev far1 && ip addr add 2001:db8:1::2/64 dev far1 nodad && ip link set far1 up
ip addr add 10.2.0.2/24 dev far2 && ip addr add 2001:db8:2::2/64 dev far2 nodad && ip link set far2 up
ip addr add 10.9.0.1/24 dev lo && ip addr add 2001:db8:9::1/64 dev lo nodad
`;
const AFTER = `
ip route add 10.9.0.0/24 via 10.1.0.2 dev one metric 1
ip route add 10.9.0.0/24 via 10.2.0.2 dev two metric 2
ip route add 2001:db8:9::/64 via 2001:db8:1::2 dev one metric 1
ip route add 2001:db8:9::/64 via 2001:db8:2::2 dev two metric 2
ip rule add fwmark 7 table 100
ip route add 10.9.0.0/24 via 10.2.0.2 dev two table 100
`;

/** Makes it of the namespace of this process; the other one is gone with the child. */
export async function twoUplinks(): Promise<ChildProcess> {
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
