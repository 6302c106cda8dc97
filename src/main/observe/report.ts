// Logs what the gateway has done and holds now: counters of connections, DNS by server, and the evidence against bad
// addresses. For an operator who asks (SIGUSR2). It resets nothing.
import type { BadAddress, Evidence } from '../../protocol/trust/evidence.js';
import type { NamesControl } from '../../threads/contracts/dns.js';
import type { Remote } from '../../threads/port.js';
import type { ListenerCounts, Stats } from '../../threads/shared/stats.js';
import type { UdpTotals } from '../../threads/shared/udp-counts.js';
import { within } from '../../threads/within.js';
import type { Dropped, Logger } from '../process/log.js';

const TIMEOUT_MS = 2000;
/** Lines at most; the line before them has the number of bad addresses. */
const BAD_ADDRESSES_MAX = 200;

/** What is reported of. */
export interface Reported {
  stats(): Stats;
  udp(): UdpTotals;
  listenerCounts(): readonly ListenerCounts[];
  /** The contract of the DNS actor; undefined while it is being restarted. */
  names(): Pick<Remote<NamesControl>, 'statistics' | 'badAddresses'> | undefined;
}

/** `dropped`: lines that main could not write. */
export async function report(gateway: Reported, dropped: Dropped, log: Logger): Promise<void> {
  const stats = gateway.stats();
  const logsDropped = stats.logsDropped + dropped.log;
  const accessDropped = stats.accessDropped + dropped.access;
  log.info({ ...stats, logsDropped, accessDropped }, 'report: connections');
  for (const counts of gateway.listenerCounts()) log.info(counts, 'report: listener');
  const { quicAnswer, ...udp } = gateway.udp();
  if (udp.associations + udp.associationsRefused > 0) log.info(udp, 'report: UDP');
  const names = gateway.names();
  if (names === undefined) {
    log.warn('report: the DNS actor is being started again');
    return;
  }
  const answer = await within(TIMEOUT_MS, Promise.all([names.statistics(), names.badAddresses()]));
  if (answer.code !== 'answered') {
    log.warn({ why: answer.code === 'late' ? `no answer in ${TIMEOUT_MS} ms` : answer.reason }, 'report: no DNS');
    return;
  }
  const [{ servers, ...rest }, addresses] = answer.value;
  for (const { times, ...server } of servers) log.info(server, 'report: DNS server');
  log.info(rest, 'report: DNS');
  const found = addresses.filter(({ evidence }) => evidence.some(({ how }) => how !== 'static'));
  for (const bad of found.slice(0, BAD_ADDRESSES_MAX)) log.info(fieldsOf(bad), 'report: bad address');
}

function fieldsOf({ address, evidence, verdict: { everywhere, names, servers, last } }: BadAddress) {
  return { address, everywhere, names, servers, last, evidence: evidence.map(dated) };
}

function dated({ since, renewed, expires, ...evidence }: Evidence) {
  const date = (ms: number): string => (Number.isFinite(ms) ? new Date(ms).toISOString() : 'never');
  return { ...evidence, since: date(since), renewed: date(renewed), expires: date(expires) };
}
