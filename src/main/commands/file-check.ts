// For `tcproute check`: the warnings that a start would give about files that the gateway reads but does not need. It writes
// no file.
import { existsSync } from 'node:fs';
import { readBounded } from '../../files/bounded-file.js';
import { readState, whyNotWritable } from '../../files/state-file.js';
import type { Options } from '../../protocol/options.js';
import { parseRoutes, ROUTES_OCTETS_MAX } from '../../protocol/routes/snapshot.js';
import { startPlaceOf } from '../../protocol/routes/start-place.js';
import { parseSnapshot, SNAPSHOT_OCTETS_MAX } from '../../protocol/trust/snapshot.js';
import { whyNotOpened } from '../process/log-outlet.js';
import { whyNoPidFile } from '../process/pid-file.js';
import { usageIn } from './budgets.js';

/** As in workers/dns/servers/make-servers.ts. */
const CA_FILE_OCTETS_MAX = 1024 * 1024;

type Checked = Pick<Options, 'pid_file' | 'log' | 'cache' | 'dns' | 'lines' | 'budgets' | 'budget_state_file'>;

/** Warnings about the file of the log, that of the process's number, the state files and the file of certificate authorities. */
export function fileWarnings({
  pid_file,
  log,
  cache,
  dns,
  lines,
  budgets,
  budget_state_file,
}: Checked): readonly string[] {
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const { destination, access } = log;
  for (const path of [destination, access.enabled === 'on' ? access.destination : null]) {
    const why = path === null ? undefined : whyNotOpened(path);
    if (why !== undefined) warn(`${why}: a start would fail`);
  }
  const whyNoNumber = pid_file === null ? undefined : whyNoPidFile(pid_file);
  if (whyNoNumber !== undefined) warn(`${whyNoNumber}: a start would fail`);
  const now = Date.now();
  const usage_file = budgets.length > 0 ? budget_state_file : null;
  for (const path of [cache.state_file, dns.state_file, usage_file]) {
    const why = path === null ? undefined : whyNotWritable(path);
    if (why !== undefined) warn(`${path} cannot be written: ${why}`);
  }
  const from = startPlaceOf(cache.start_from ?? '');
  const start_file = from?.kind === 'file' ? from.path : null;
  if (start_file !== null && !existsSync(start_file)) {
    const host = /[^/]+:\d{1,5}$/.exec(start_file)?.[0];
    const meant = host === undefined ? '' : `; for a gateway write "http://${host}"`;
    warn(`cache.start_from: ${start_file} does not exist${meant}`);
  }
  if (from?.kind === 'unix' && !existsSync(from.path)) warn(`cache.start_from: the socket ${from.path} does not exist`);
  for (const path of [cache.state_file, start_file]) {
    const routes = path === null ? undefined : readState(path, ROUTES_OCTETS_MAX, warn);
    if (routes === undefined || routes === '') continue;
    const bounds = { now, age_max_ms: cache.ttl_s * 1000, entries_max: cache.entries_max };
    const parsed = parseRoutes(routes, lines, { ...bounds, isForeign: path === start_file });
    if (parsed.kind === 'invalid') warn(`${path} is ignored: ${parsed.why}`);
  }
  const names = dns.state_file === null ? undefined : readState(dns.state_file, SNAPSHOT_OCTETS_MAX, warn);
  if (names !== undefined && names !== '') {
    const parsed = parseSnapshot(names, now, dns.bad_max);
    if (parsed.kind === 'invalid') warn(`${dns.state_file} is ignored: ${parsed.why}`);
  }
  const usage = usageIn(usage_file, warn);
  if (usage?.kind === 'invalid') warn(`${usage_file} is ignored: ${usage.why}`);
  if (dns.ca_file !== undefined) {
    const read = readBounded(dns.ca_file, { octets_max: CA_FILE_OCTETS_MAX });
    if (read.kind === 'absent') warn(`dns.ca_file ${dns.ca_file} cannot be read: ${read.code}`);
    if (read.kind === 'unusable') warn(`dns.ca_file ${dns.ca_file} ${read.why}`);
  }
  return warnings;
}
