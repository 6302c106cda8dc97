// A script for network, mount and host name namespaces (namespace.ts): asks the C library and our resolver for the same
// names, with the same /etc/resolv.conf and trick servers on port 53 of loopback. The parent describes the machine.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { dnsOptions, SYSTEM } from './dns-options.js';
import { makeResolver } from './dns-resolver.js';
import { DnsServer, type Host, type Trick } from './dns-server.js';

export interface Machine {
  readonly resolvConf: string;
  readonly hosts?: string;
  readonly hostname?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** A file for HOSTALIASES. */
  readonly aliases?: string;
  readonly zones: Readonly<Record<string, Host>>;
  readonly wildcards?: Readonly<Record<string, Host>>;
  /** Tricks by name. */
  readonly tricks?: Readonly<Record<string, Trick>>;
  /** Addresses of the servers (default 127.0.0.1), each with its own zones and tricks. */
  readonly servers?: Readonly<Record<string, Pick<Machine, 'zones' | 'tricks'>>>;
  readonly names: readonly string[];
}

/** A resolver's result for a name. */
export interface Found {
  /** Sorted addresses; or `none`, or `failed`. */
  readonly addresses: readonly string[] | 'none' | 'failed';
  /** The names that servers were asked for, in order, each once. */
  readonly asked: readonly string[];
}

export interface Comparison {
  readonly name: string;
  readonly library: Found;
  readonly ours: Found;
}

const PORT = 53;
const directory = mkdtempSync(join(tmpdir(), 'tcproute-machine-'));
const files = ['resolv.conf', 'hosts', 'nsswitch.conf', 'host.conf'].filter((file) => existsSync(`/etc/${file}`));

function write(file: string, content: string): string {
  const path = join(directory, file);
  writeFileSync(path, content);
  return path;
}

/** Looks up the name in its argument. */
const LIBRARY = `
  const { lookup } = require('node:dns');
  lookup(process.argv[1], { all: true }, (error, all) => {
    const none = error?.code === 'ENOTFOUND' ? 'none' : 'failed';
    console.log(JSON.stringify(error ? none : all.map(({ address }) => address)));
  });`;

async function askLibrary(name: string, environment: NodeJS.ProcessEnv): Promise<Found['addresses']> {
  const child = spawn(process.execPath, ['-e', LIBRARY, name], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(await text(child.stdout)) as Found['addresses'];
}

async function compare(machine: Machine): Promise<Comparison[]> {
  write('resolv.conf', machine.resolvConf);
  write('hosts', machine.hosts ?? '127.0.0.1 localhost\n');
  write('nsswitch.conf', 'hosts: files dns\n');
  write('host.conf', 'multi on\n');
  execFileSync('hostname', [machine.hostname ?? 'box']);
  const aliases = machine.aliases === undefined ? {} : { HOSTALIASES: write('aliases', machine.aliases) };
  const environment = { ...machine.environment, ...aliases };
  const servers = await startServers(machine);
  const comparisons: Comparison[] = [];
  for (const name of machine.names) {
    const library = await heard(servers, () => askLibrary(name, { PATH: process.env['PATH'], ...environment }));
    const ours = await heard(servers, () => askOurs(name, environment));
    comparisons.push({ name, library, ours });
  }
  for (const server of servers) await server.close();
  return comparisons;
}

async function startServers(machine: Machine): Promise<DnsServer[]> {
  const { zones, tricks, wildcards } = machine;
  const servers: DnsServer[] = [];
  for (const [address, own] of Object.entries(machine.servers ?? { '127.0.0.1': { zones, tricks } })) {
    const trick = (name: string) => ({ ...tricks, ...own.tricks })[name.toLowerCase()];
    servers.push(
      await DnsServer.start(own.zones, {
        ...{ address, port: PORT, trick: ({ name }) => trick(name) },
        ...(wildcards === undefined ? {} : { wildcards }),
      }),
    );
  }
  return servers;
}

async function heard(servers: readonly DnsServer[], ask: () => Promise<Found['addresses']>): Promise<Found> {
  for (const server of servers) server.queries.length = 0;
  const addresses = await ask();
  const names = servers.flatMap(({ queries }) => queries.map(({ name }) => name.toLowerCase()));
  return { addresses: typeof addresses === 'string' ? addresses : [...addresses].sort(), asked: [...new Set(names)] };
}

async function askOurs(name: string, environment: Readonly<Record<string, string>>): Promise<Found['addresses']> {
  const options = dnsOptions([SYSTEM], [], { try_timeout_ms: 2000, timeout_ms: 5000 });
  const machine = { resolvConf: '/etc/resolv.conf', nsswitch: '/etc/nsswitch.conf', port: PORT };
  const resolver = makeResolver(options, { files: machine, hostsFile: '/etc/hosts', environment });
  const answer = await resolver.lookup(name);
  resolver.stop();
  if (answer.code === 'found') return answer.addresses;
  return answer.code === 'no-such-name' ? 'none' : 'failed';
}

execFileSync('ip', ['link', 'set', 'lo', 'up']);
for (const file of files) {
  write(file, '');
  execFileSync('mount', ['--bind', join(directory, file), `/etc/${file}`]);
}
process.on('message', (machine: Machine) => {
  void compare(machine).then(
    (comparisons) => process.send?.({ comparisons }),
    (error: Error) => process.send?.({ error: error.stack }),
  );
});
process.once('disconnect', () => rmSync(directory, { recursive: true }));
process.send?.({ ready: true });
