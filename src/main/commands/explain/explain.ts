// `tcproute explain TARGET`: runs one race, as the gateway would for a client, and describes it. It starts a separate gateway
// on a port that the kernel chooses, and reads that gateway's record of the one connection. It starts from copies of the
// running gateway's state files, and does not write to those files.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Target } from '../../../protocol/address/target.js';
import type { Configuration, Options } from '../../../protocol/options.js';
import type { RaceRecord } from '../../../protocol/race/record.js';
import type { Ruled } from '../../../threads/contracts/connection.js';
import type { NameExplanation } from '../../../threads/contracts/dns.js';
import { within } from '../../../threads/within.js';
import { startGateway } from '../../gateway/gateway.js';
import type { Gateway } from '../../gateway/running.js';
import { type Denied, deniedAt } from '../egress.js';
import { type As, askedFor } from './as.js';
import { type Before, beforeRace } from './before.js';
import { type Answer, type Visit, visit } from './client.js';
import { type Resolved, resolvedWhere, type Unfit, unfitLines, usableLines } from './lines.js';
import { ownOptions, remembered } from './own-gateway.js';
import { type ShownQuiet, shownQuiet } from './quiet.js';
import { type Api, type Running, runningGateway } from './running.js';
import { Said } from './said.js';
import { steerAlike } from './steer-alike.js';

/** Added to the deadlines of the awaited parts. */
const GRACE_MS = 2000;
/** The time between two checks whether the gateway has noticed the end of the client. */
const LOOK_MS = 10;
/** How many times `race.connect_timeout_ms` may pass before the gateway replies: attempts may wait for others. */
const ROUNDS = 2;
/** Rules that are named as passed over. */
const PLACES_MAX = 16;

export interface Explanation extends Before {
  readonly target: string;
  readonly resolved: Resolved;
  readonly dns: NameExplanation | undefined;
  /** The addresses of `dns` that the egress policy leaves out. */
  readonly denied: readonly Denied[];
  /** The lines that rules allow, but which cannot ask their last proxy for the target. */
  readonly unfit: readonly Unfit[];
  readonly race: RaceRecord;
  /** The place of the rule that blocks the target. */
  readonly rule?: string | undefined;
  /** The place of the rule that is for the target and the client, as far as this is known before a name is resolved. */
  readonly ruled_by?: string;
  /** The places of the rules before it that are for the target, but for other clients. */
  readonly passed_over?: readonly string[];
  /** The names of the lines that the user may use, where those are not all. */
  readonly user_lines?: readonly string[];
  /** How quiet the connection may be; absent where neither a rule nor the listener says anything. */
  readonly quiet?: ShownQuiet;
  readonly answer: Answer;
  /** Whether the destination is connected, has not ended the connection, and, if TLS was tried, has answered it. */
  readonly usable: boolean;
}

export interface Explained {
  /** The warnings of the gateway. */
  readonly warnings: readonly string[];
  readonly outcome:
    | { readonly kind: 'explained'; readonly explanation: Explanation }
    | { readonly kind: 'failed'; readonly reason: string };
}

/**
 * `whereRule`: see config/load.ts. `as`: for whom it is asked; undefined for a client of this machine. `api`: of the gateway that
 * runs.
 */
export async function explainTarget(
  target: Target,
  tls: boolean,
  asked: Configuration,
  whereRule = (rule: number): string => `rules[${rule}]`,
  as?: As,
  api?: Api,
): Promise<Explained> {
  const said = new Said();
  const folder = await mkdtemp(join(tmpdir(), 'tcproute-explain-'));
  const running = runningGateway(api, asked.control_socket, said.warn);
  try {
    const own = await remembered(asked, await running.routes(), target, folder, said);
    const options = { ...ownOptions(asked), ...own };
    const outcome = await explain(target, tls, options, { whereRule, as, said, running, real: asked });
    return { warnings: said.warnings, outcome };
  } finally {
    running.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Explaining {
  readonly whereRule: (rule: number) => string;
  readonly as: As | undefined;
  readonly said: Said;
  readonly running: Running;
  /** Those of the real gateway. */
  readonly real: Pick<Configuration, 'listen' | 'budget_state_file'>;
}

async function explain(
  target: Target,
  tls: boolean,
  options: Configuration,
  { whereRule, as, said, running, real: { listen, budget_state_file } }: Explaining,
): Promise<Explained['outcome']> {
  const started = await startGateway(options, said.log);
  if (started.code === 'failed') return { kind: 'failed', reason: started.message };
  const { gateway } = started;
  let dns: NameExplanation | string | undefined;
  let visited: Visit | undefined;
  let race: RaceRecord | undefined;
  let resolved: Resolved = 'here';
  let ruled: Ruled | undefined;
  let before: Before = {};
  try {
    await within(GRACE_MS, gateway.routesKnown());
    ruled = await ruledFor(gateway, target, as);
    resolved = resolvedWhere(target, options, ruled?.ruling, as?.lines);
    if (resolved === 'here' || resolved === 'here-and-by-proxy')
      dns = await explainName(gateway, target.asked, options.dns);
    before = await beforeRace(gateway, running, target, { ...options, budget_state_file }, as && askedFor(as, options));
    await steerAlike(gateway, before);
    visited = await visit(gateway.address, target, visiting(tls, options));
    race = await raceOf(gateway, visited.client);
  } finally {
    await gateway.close(GRACE_MS);
  }
  if (typeof dns === 'string') return { kind: 'failed', reason: dns };
  if (race === undefined) return { kind: 'failed', reason: 'the gateway did not say what became of the connection' };
  const { answer } = visited;
  const usable = race.winner !== undefined && answer.kind !== 'tls-failed' && answer.kind !== 'ended';
  const rule = race.rule === undefined ? undefined : whereRule(race.rule);
  const found = dns?.choice.code === 'found' ? dns.choice.addresses : [];
  const denied = deniedAt(target.port, found, options.egress);
  const places = { rule, ...placesOf(ruled, whereRule), ...userLinesOf(as, options) };
  const unfit = unfitLines(target, usableLines(options, ruled?.ruling, as?.lines));
  const quiet = shownQuiet(ruled?.ruling, listen[as?.client.listener ?? 0], options);
  const more = { ...before, ...(quiet && { quiet }) };
  const explanation = { target: race.target, resolved, dns, denied, unfit, ...more, race, ...places, answer, usable };
  return { kind: 'explained', explanation };
}

/** The race of a client that has gone: complete once the gateway has noticed, or as it is after `GRACE_MS`. */
async function raceOf(gateway: Gateway, client: string): Promise<RaceRecord | undefined> {
  const until = performance.now() + GRACE_MS;
  for (;;) {
    const { live, ended } = await gateway.records();
    const record = [...ended, ...live].find((one) => one.client === client);
    if (record?.ending !== undefined || performance.now() > until) return record?.race;
    await setTimeout(LOOK_MS);
  }
}

/** What the rules say of a target and a client, for which the gateway takes its one client from now on. */
export async function ruledFor(gateway: Gateway, target: Target, as: As | undefined): Promise<Ruled | undefined> {
  const [actor] = gateway.actors();
  if (actor === undefined) return undefined;
  // Calls of one port are answered in their order.
  if (as !== undefined) void actor.takeAllFor(as.client, as.lines).catch(() => {});
  const answer = await within(GRACE_MS, actor.ruled(target));
  return answer.code === 'answered' ? answer.value : undefined;
}

export function placesOf(ruled: Ruled | undefined, whereRule: (rule: number) => string) {
  const { rule, passedOver = [] } = ruled ?? {};
  return {
    ...(rule === undefined ? {} : { ruled_by: whereRule(rule) }),
    ...(passedOver.length === 0 ? {} : { passed_over: passedOver.slice(0, PLACES_MAX).map(whereRule) }),
  };
}

export function userLinesOf(as: As | undefined, { lines }: Options): Pick<Explanation, 'user_lines'> {
  const own = as?.lines;
  if (own === undefined) return {};
  return { user_lines: lines.filter(({ number }) => own.includes(number)).map(({ name }) => name) };
}

/** The explanation, or why there is none. The gateway caches the answer, so the race uses these addresses. */
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
