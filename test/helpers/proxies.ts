// Proxies by others (Debian's microsocks, Dante, tinyproxy and HAProxy) as child processes on loopback. Where one is not installed, its
// tests are skipped and say so.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from './certificate.js';
import { untilListening } from './gateway-sockets.js';
import { TestServer } from './servers.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface RunningProxy {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

function installed(program: string): boolean {
  return spawnSync('which', [program]).status === 0;
}

/** Why tests with that program cannot run; undefined if they can. */
export function missing(program: string): string | undefined {
  return installed(program) ? undefined : `${program} is not installed`;
}

/** A port that is free at the moment: neither program can choose one itself. */
export async function freePort(): Promise<number> {
  const server = await TestServer.listen(() => {});
  await server.close();
  return server.port;
}

/** `source` is the source address of its own connections. */
export async function microsocks(credentials?: Credentials, source?: string): Promise<RunningProxy> {
  const port = await freePort();
  const args = ['-i', '127.0.0.1', '-p', String(port)];
  if (credentials !== undefined) args.push('-u', credentials.username, '-P', credentials.password);
  if (source !== undefined) args.push('-b', source);
  return running(spawn('microsocks', args, { stdio: 'ignore' }), port);
}

/** In a mount namespace of its own, where files of the test stand for these: Dante knows the users of the system only. */
const WITH_USERS = 'mount --bind "$1" /etc/passwd && mount --bind "$2" /etc/shadow && shift 2 && exec "$@"';

/** Why Dante cannot have users here; undefined if it can. */
export function withoutDanteUsers(): string | undefined {
  const tried = ['--mount', 'sh', '-c', WITH_USERS, 'sh', '/etc/passwd', '/etc/shadow', 'true'];
  const { status, stderr } = spawnSync('unshare', tried, { encoding: 'utf8' });
  return missing('danted') ?? missing('openssl') ?? (status === 0 ? undefined : `no mounts here: ${stderr.trim()}`);
}

/** Files as /etc/passwd and /etc/shadow, with one user more. */
function userFiles(directory: string, { username, password }: Credentials): readonly [string, string] {
  const [passwd, shadow] = [join(directory, 'passwd'), join(directory, 'shadow')];
  const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: password, encoding: 'utf8' }).trim();
  const users = readFileSync('/etc/passwd', 'utf8');
  writeFileSync(passwd, `${users}${username}:x:64321:64321::/nonexistent:/usr/sbin/nologin\n`);
  writeFileSync(shadow, `${username}:${hash}:19000:0:99999:7:::\n`, { mode: 0o600 });
  return [passwd, shadow];
}

/** With credentials it serves only those who have them. */
export async function danted(credentials?: Credentials): Promise<RunningProxy> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'danted-'));
  const lines = [
    `internal: 127.0.0.1 port = ${port}`,
    'external: 127.0.0.1',
    'clientmethod: none',
    `socksmethod: ${credentials === undefined ? 'none' : 'username'}`,
    'user.privileged: root',
    'user.unprivileged: nobody',
    'client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }',
    'socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }',
  ];
  const file = join(directory, 'danted.conf');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const command = ['danted', '-f', file, '-p', join(directory, 'pid')];
  const inside =
    credentials === undefined
      ? []
      : ['unshare', '--mount', 'sh', '-c', WITH_USERS, 'sh', ...userFiles(directory, credentials)];
  const [program = '', ...args] = [...inside, ...command];
  const child = spawn(program, args, { stdio: 'ignore' });
  child.once('close', () => rmSync(directory, { recursive: true }));
  return running(child, port);
}

/** An HTTP proxy with CONNECT, with or without Basic credentials. `source` is the source address of its own connections. */
export async function tinyproxy(credentials?: Credentials, source = '127.0.0.1'): Promise<RunningProxy> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'tinyproxy-'));
  const lines = [
    ...[`Port ${port}`, 'Listen 127.0.0.1', `Bind ${source}`, 'Timeout 60', 'MaxClients 50', 'LogLevel Critical'],
    ...[`LogFile "${join(directory, 'log')}"`, `PidFile "${join(directory, 'pid')}"`, 'Allow 127.0.0.0/8'],
    ...(credentials === undefined ? [] : [`BasicAuth ${credentials.username} ${credentials.password}`]),
  ];
  const file = join(directory, 'tinyproxy.conf');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const child = spawn('tinyproxy', ['-d', '-c', file], { stdio: 'ignore' });
  child.once('close', () => rmSync(directory, { recursive: true }));
  return running(child, port);
}

/**
 * Passes each connection on to `port`. `how` is the option of its server line, such as a PROXY header; with a certificate it
 * takes TLS off.
 */
export async function haproxy(port: number, how: string, tls?: Certificate): Promise<RunningProxy> {
  const own = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'haproxy-'));
  const pem = join(directory, 'both.pem');
  if (tls !== undefined) writeFileSync(pem, `${tls.cert}${tls.key}`);
  const lines = [
    'global',
    '  maxconn 100',
    'defaults',
    '  mode tcp',
    '  timeout connect 10s',
    '  timeout client 60s',
    '  timeout server 60s',
    'listen front',
    `  bind 127.0.0.1:${own}${tls === undefined ? '' : ` ssl crt ${pem}`}`,
    `  server gateway 127.0.0.1:${port} ${how}`,
  ];
  const file = join(directory, 'haproxy.cfg');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' });
  child.once('close', () => rmSync(directory, { recursive: true }));
  return running(child, own);
}

async function running(child: ChildProcess, port: number): Promise<RunningProxy> {
  const gone = once(child, 'close');
  await Promise.race([untilListening(port), gone]);
  if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with status ${child.exitCode}`);
  return {
    host: '127.0.0.1',
    port,
    async close() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}
