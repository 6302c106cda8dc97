// A real resolver on loopback, Debian's unbound: UDP, TCP, TLS and HTTPS, with its own zone and a certificate that openssl
// makes for this run. `stop` leaves nothing of it behind.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Unbound {
  readonly port: number;
  readonly tlsPort: number;
  readonly httpsPort: number;
  /** The CA certificate that has signed its certificate for `dns.test` and 127.0.0.1. */
  readonly caFile: string;
  stop(): Promise<void>;
}

/** Why unbound cannot be started here; undefined if it can. */
export function whyNoUnbound(): string | undefined {
  const missing = ['unbound', 'openssl'].filter((program) => spawnSync('which', [program]).status !== 0);
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not installed: apt-get install unbound openssl`;
}

const ZONE = [
  'test. 60 SOA ns.test. admin.test. 1 3600 600 86400 30',
  'test. 60 NS ns.test.',
  'a.test. 60 A 192.0.2.1',
  'a.test. 60 AAAA 2001:db8::1',
  'alias.test. 30 CNAME a.test.',
  'text.test. 60 TXT nothing',
  // Answers every name below it, for tests that need any number of names.
  '*.any.test. 60 A 192.0.2.9',
  '*.any.test. 60 AAAA 2001:db8::9',
  ...Array.from({ length: 200 }, (_, index) => `many.test. 60 A 198.18.0.${index}`),
];

/** A port that was free may be taken before unbound opens it. */
const STARTS_MAX = 5;

export async function startUnbound(): Promise<Unbound> {
  for (let start = 1; ; start += 1) {
    const started = await tryToStart();
    if (typeof started !== 'string') return started;
    if (start === STARTS_MAX || !/Address already in use/.test(started)) {
      throw new Error(`unbound did not start: ${started}`);
    }
  }
}

/** Returns unbound's error output if it did not start. */
async function tryToStart(): Promise<Unbound | string> {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-unbound-'));
  const [port, tlsPort, httpsPort] = [await freePort(), await freePort(), await freePort()];
  const caFile = makeCertificate(directory);
  const listening = [port, tlsPort, httpsPort].map((one) => `  interface: 127.0.0.1@${one}`).join('\n');
  writeFileSync(join(directory, 'test.zone'), `${ZONE.join('\n')}\n`);
  writeFileSync(
    join(directory, 'unbound.conf'),
    `server:
${listening}
  tls-port: ${tlsPort}
  https-port: ${httpsPort}
  tls-service-key: "${directory}/key.pem"
  tls-service-pem: "${directory}/cert.pem"
  use-syslog: no
  verbosity: 1
  chroot: ""
  username: ""
  directory: "${directory}"
  pidfile: ""
  do-daemonize: no
  num-threads: 1
  incoming-num-tcp: 64
  so-rcvbuf: 4m
  module-config: "iterator"
  local-zone: "test." nodefault
auth-zone:
  name: "test."
  zonefile: "${directory}/test.zone"
  for-downstream: yes
  for-upstream: no
remote-control:
  control-enable: no
`,
  );
  const child = spawn('unbound', ['-d', '-p', '-c', join(directory, 'unbound.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let said = '';
  const isServing = await new Promise<boolean>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk;
      if (/start of service/.test(said)) resolve(true);
    });
    void ended.then(() => resolve(false));
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  if (isServing) return { port, tlsPort, httpsPort, caFile, stop };
  await stop();
  return said;
}

function makeCertificate(directory: string): string {
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...key, '-keyout', 'ca-key.pem', '-out', 'ca.pem', '-subj', '/CN=TcpRoute test authority');
  openssl('req', ...key.slice(0, 5), '-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=dns.test');
  writeFileSync(join(directory, 'names.cnf'), 'subjectAltName=DNS:dns.test,IP:127.0.0.1\n');
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial', '-days', '2', '-extfile', 'names.cnf'];
  openssl('x509', '-req', '-in', 'request.pem', '-out', 'cert.pem', ...signing);
  return join(directory, 'ca.pem');
}

/** A TCP port that is free at the moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
