// A script for a network namespace with loopback and no route (namespace.ts): a gateway, and a server on ::1 that the parent
// names in the gateway's `hosts` or asks for as localhost.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EngineName, Gateway } from './gateway.js';
import { PeerServer } from './servers.js';
import { through } from './socks-client.js';

export interface Visits {
  readonly engine: EngineName;
  /** Text of the machine's /etc/hosts. */
  readonly hostsFile: string;
  readonly config: object;
  readonly names: readonly string[];
}

const directory = mkdtempSync(join(tmpdir(), 'tcproute-loopback-'));
const hosts = join(directory, 'hosts');

/** For each name, the address from which the server was reached, or the error that the client got. */
async function visit({ engine, hostsFile, config, names }: Visits): Promise<string[]> {
  writeFileSync(hosts, hostsFile);
  const gateway = await Gateway.start(config, engine);
  const server = await PeerServer.listen('::1');
  const visited: string[] = [];
  for (const host of names) {
    try {
      const index = server.peers.length;
      const client = await through(gateway.port, { host, port: server.port });
      const peer = await server.accepted(index);
      visited.push(String(peer.socket.remoteAddress));
      client.end();
      peer.end();
      await client.ended();
    } catch (error) {
      visited.push((error as Error).message);
    }
  }
  await server.close();
  await gateway.stop();
  return visited;
}

execFileSync('ip', ['link', 'set', 'lo', 'up']);
writeFileSync(hosts, '');
execFileSync('mount', ['--bind', hosts, '/etc/hosts']);
process.on('message', (visits: Visits) => {
  void visit(visits).then(
    (visited) => process.send?.({ visited }),
    (error: Error) => process.send?.({ error: error.stack }),
  );
});
process.once('disconnect', () => {
  rmSync(directory, { recursive: true });
  process.exit();
});
process.send?.({ ready: true });
