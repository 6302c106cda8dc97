// `tcproute explain TARGET`: runs one race live, as the gateway would for a client, and tells all of it. A gateway of its own
// does the work, on a port of the kernel's choice; what it logs of the one connection is the record. It begins with what
// the running gateway has written down, and writes nothing itself.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readState } from '../../files/state-file.js';
import { formatEndpoint } from '../../protocol/address/address.js';
import type { Target } from '../../protocol/address/target.js';
import type { Configuration, Options } from '../../protocol/options.js';
import type { RaceRecord } from '../../protocol/race/record.js';
import { encodeRoutes, parseRoutes, ROUTES_OCTETS_MAX } from '../../protocol/routes/snapshot.js';
import { SNAPSHOT_OCTETS_MAX } from '../../protocol/trust/snapshot.js';
import type { NameExplanation } from '../../threads/contracts/dns.js';
import { type Gateway, startGateway } from '../gateway.js';
import { createLogger } from '../process/log.js';
import { within } from '../process/within.js';
import { type Answer, type Visit, visit } from './explain-client.js';

/** Beyond the deadlines of whoever is waited for. */
const GRACE_MS = 2000;
/** So often attempts may have to wait for others before the gateway replies. */
const ROUNDS = 2;

export interface Explanation {
  readonly target: string;
  /** `here`: `dns` has it. `by-proxy`: every line leaves names to its proxy. `literal`: the target is an address. */
  readonly resolved: 'here' | 'by-proxy' | 'literal';
  readonly dns: NameExplanation | undefined;
  readonly race: RaceRecord;
  readonly answer: Answer;
  /** Whether it is connected, and where it was spoken to in TLS, has answered. */
  readonly usable: boolean;
}

export interface Explained {
  /** What the gateway warned of. */
  readonly warnings: readonly string[];
  readonly outcome:
    | { readonly kind: 'explained'; readonly explanation: Explanation }
    | { readonly kind: 'failed'; readonly reason: string };
}

export async function explainTarget(target: Target, tls: boolean, asked: Configuration): Promise<Explained> {
  const said = new Said();
  const folder = await mkdtemp(join(tmpdir(), 'tcproute-explain-'));
  try {
    const options = { ...ownOptions(asked), ...(await remembered(asked, target, folder, said)) };
    return { warnings: said.warnings, outcome: await explain(target, tls, options, said) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A gateway for one connection, which is over when its client says so: TLS that fails ends it without a reset. */
function ownOptions(asked: Configuration): Configuration {
  return { ...asked, log_level: 'debug', host: '127.0.0.1', port: 0, workers: 1, half_closed_timeout_ms: 1 };
}

/** Copies of what is written down: of the routes only those to the target. */
async function remembered(
  { cache, dns, race, lines }: Options,
  target: Target,
  folder: string,
  said: Said,
): Promise<Pick<Options, 'cache' | 'dns' | 'race'>> {
  const routes_file = join(folder, 'routes');
  const text = cache.state_file === null ? undefined : readState(cache.state_file, ROUTES_OCTETS_MAX, said.warn);
  if (text !== undefined) {
    const now = Date.now();
    const bounds = { now, age_max_ms: cache.ttl_s * 1000, entries_max: cache.entries_max };
    const parsed = parseRoutes(text, lines, bounds);
    if (parsed.kind === 'invalid') said.warn(`${cache.state_file} is ignored: ${parsed.why}`);
    else {
      const wanted = formatEndpoint(target.host, target.port);
      const routes = parsed.routes.filter(({ destination }) => destination === wanted);
      await writeFile(routes_file, [...encodeRoutes(routes, lines, now)].join(''));
    }
  }
  const names_file = join(folder, 'names');
  const names = dns.state_file === null ? undefined : readState(dns.state_file, SNAPSHOT_OCTETS_MAX, said.warn);
  if (names !== undefined) await writeFile(names_file, names);
  return {
    cache: { ...cache, state_file: cache.state_file === null ? null : routes_file },
    dns: {
      ...dns,
      state_file: dns.state_file === null ? null : names_file,
      probe: { ...dns.probe, enabled: 'off' },
    },
    race: { ...race, early_probe_interval_s: 0 },
  };
}

async function explain(
  target: Target,
  tls: boolean,
  options: Configuration,
  said: Said,
): Promise<Explained['outcome']> {
  const started = await startGateway(options, said.log);
  if (started.code === 'failed') return { kind: 'failed', reason: started.message };
  const { gateway } = started;
  let dns: NameExplanation | string | undefined;
  let visited: Visit | undefined;
  const resolved = resolvedWhere(target, options);
  try {
    await routesKnown(gateway);
    if (resolved === 'here') dns = await explainName(gateway, target.asked, options.dns);
    visited = await visit(gateway.address, target, visiting(tls, options));
  } finally {
    // By the end of it everything has been logged.
    await gateway.close(GRACE_MS);
  }
  if (typeof dns === 'string') return { kind: 'failed', reason: dns };
  const race = said.records.get(visited.client);
  if (race === undefined) return { kind: 'failed', reason: 'the gateway did not say what became of the connection' };
  const { answer } = visited;
  const usable = race.winner !== undefined && answer.kind !== 'tls-failed' && answer.kind !== 'ended';
  const explanation = { target: race.target, resolved, dns, race, answer, usable };
  return { kind: 'explained', explanation };
}

function resolvedWhere({ ip }: Target, { lines }: Options): Explanation['resolved'] {
  if (ip !== undefined) return 'literal';
  return lines.every(({ isDirect }) => !isDirect) ? 'by-proxy' : 'here';
}

/** What the route actor knew at the start has been pushed by now; this comes after it. */
async function routesKnown(gateway: Gateway): Promise<void> {
  const asked = gateway.actors().flatMap((actor) => (actor === undefined ? [] : [actor.ready()]));
  await within(GRACE_MS, Promise.all(asked));
}

/** Or why there is none. The gateway keeps the answer, so that the race is run with these addresses. */
async function explainName(gateway: Gateway, name: string, dns: Options['dns']): Promise<NameExplanation | string> {
  const names = gateway.names();
  if (names === undefined) return 'the DNS actor has died';
  const explained = await within(dns.try_timeout_ms + dns.timeout_ms + GRACE_MS, names.explain(name));
  if (explained.code === 'answered') return explained.value;
  return explained.code === 'failed' ? explained.reason : 'the DNS actor did not answer';
}

function visiting(tls: boolean, { dns, race }: Options) {
  const { connect_timeout_ms } = race;
  return {
    tls,
    reply_ms: dns.timeout_ms + ROUNDS * connect_timeout_ms + GRACE_MS,
    handshake_ms: connect_timeout_ms + GRACE_MS,
  };
}

/** What the gateway logs, as far as it matters here. */
class Said {
  readonly warnings: string[] = [];
  /** By client. */
  readonly records = new Map<string, RaceRecord>();
  readonly log = createLogger('debug', { write: (line) => this.#hear(line) });
  readonly warn = (message: string): void => void this.warnings.push(message);

  #hear(line: string): void {
    const { level, msg, client, ...fields } = JSON.parse(line) as Record<string, unknown>;
    // A client that never said where it wants to go has no attempts.
    if (msg === 'connection' && 'attempts' in fields) this.records.set(String(client), recordOf(fields));
    else if (level === 'warn' || level === 'error' || level === 'fatal') this.warn(String(msg));
  }
}

/** Without what the log line has besides. */
function recordOf(fields: Readonly<Record<string, unknown>>): RaceRecord {
  const { target, attempts, winner, why, total_ms, reply, cause, detail } = fields as unknown as RaceRecord;
  return { target, attempts, winner, why, total_ms, reply, cause, detail };
}
