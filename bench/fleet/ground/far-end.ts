// The process at the far end of a site's lines: all destinations, and the server that knows their names. It tells where they are, and
// for each destination how many connections came, and ends with its IPC channel.
import { setTimeout as sleep } from 'node:timers/promises';
import { DnsServer, type Host } from '../../../test/helpers/dns-server.js';
import { raiseFileLimit } from '../../process/file-limit.js';
import type { FarEndOrder, FarEndReport } from './messages.js';
import { addressOf, nameOf } from './names.js';
import { SiteServer } from './site-server.js';

const TTL_S = 3600;

const report = (message: FarEndReport): void => void process.send?.(message);

async function carryOut(order: FarEndOrder): Promise<void> {
  if (order.kind === 'count') {
    report({ kind: 'counted', dials: server?.dials ?? [] });
    return;
  }
  const zones: Record<string, Host> = {};
  for (let index = 0; index < order.destinations; index += 1)
    zones[nameOf(index)] = { A: [addressOf(index)], ttl_s: TTL_S };
  const dns = await DnsServer.start(zones, { trick: () => ({ hold: sleep(order.lookup_ms) }) });
  server = await SiteServer.listen(order.destinations, order.silence);
  report({ kind: 'laid', ports: server.ports, dns: dns.port });
}

let server: SiteServer | undefined;
raiseFileLimit();
process.on('message', (order) => void carryOut(order as FarEndOrder));
process.on('disconnect', () => process.exit());
// Ctrl-C in a terminal signals the whole process group: the bench ends its children itself.
process.on('SIGINT', () => {});
