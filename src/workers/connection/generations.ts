// The contexts of an actor's connections. A generation is what a reload replaces as one value; a connection keeps the context
// with which its handshake began, so it never sees parts of two. What all generations share is made once, by the actor.

import { areUsersBudgeted } from '../../protocol/budget/user-budget.js';
import type { Listener } from '../../protocol/inbound/listener.js';
import { needsTunnel } from '../../protocol/lines/line.js';
import type { Notice } from '../../protocol/notices/notice.js';
import type { Options } from '../../protocol/options.js';
import { type Quiet, usualQuiet } from '../../protocol/quiet/quiet.js';
import type { PlanRules } from '../../protocol/race/plan.js';
import type { Client } from '../../protocol/users/client.js';
import type { Judge } from '../../protocol/users/judgement.js';
import type { KnownUser } from '../../protocol/users/user-entry.js';
import type { Generation } from '../../threads/contracts/start.js';
import { areClientsLimited, ClientLimits } from '../../threads/shared/client-limits.js';
import type { Shares } from '../../threads/shared/shares.js';
import { leaseRulesOf, type SiteLeases } from '../../threads/shared/site-leases.js';
import { UdpLimits } from '../../threads/shared/udp-limits.js';
import type { UdpUse } from '../../threads/shared/udp-use.js';
import { UserLimits } from '../../threads/shared/user-limits.js';
import type { UserTable } from '../../threads/shared/user-table.js';
import { associating } from './associating.js';
import type { BulkTransfers } from './bulk-transfers.js';
import type { Carrying } from './carrying.js';
import { KNOWS_NOBODY } from './client/authenticator.js';
import type { UsersReplica } from './client/users-replica.js';
import { Clients } from './clients.js';
import type { Context } from './context.js';
import { type Entrance, entranceOf } from './entrance.js';
import { usersReplica } from './known-users.js';
import { Limits } from './limits.js';
import { attemptFor } from './race/attempt/tunnel-attempt.js';
import { EarlyProbe } from './race/early-probe.js';
import { HomeTrial } from './race/home-trial.js';
import type { ClientNotices } from './shared/client-notices.js';
import { AttemptRoom } from './shared/dialling/attempt-room.js';
import type { Crowds } from './shared/dialling/crowds.js';
import { dialLines } from './shared/dialling/dial-lines.js';
import { egressOf } from './shared/dialling/egress.js';
import { LineSteering } from './shared/line-steering.js';
import { RulesReplica } from './shared/replicas/rules.js';
import { Trace } from './shared/trace.js';

/** The parts of a context that come with its generation. */
type Brought =
  | ('options' | 'lines' | 'bulk' | 'allLines' | 'preferences' | 'planRules' | 'room' | 'newAttempt' | 'newTrial')
  | ('tunnelEnds' | 'egress' | 'steering' | 'newAssociation')
  | ('limits' | 'udpLimits' | 'authenticator' | 'rules' | 'clients' | 'trace' | 'isDebugging');

/** What all generations share. */
export interface Lasting {
  readonly parts: Omit<Context, Brought>;
  readonly clientShares: Shares;
  readonly userShares: Shares;
  readonly udpShares: Shares;
  readonly udpUse: UdpUse;
  readonly userTable: UserTable;
  readonly siteLeases: SiteLeases;
  readonly crowds: Crowds;
  readonly notices: ClientNotices;
  readonly carrying: Pick<Carrying, 'follow' | 'followUsers'>;
  readonly bulk: BulkTransfers;
  /** Whether this actor looks for lines that answer early. */
  readonly probes: boolean;
}

export class Generations {
  readonly #lasting: Lasting;
  /** Of all lines that there have been, by number: records name lines that have gone. */
  readonly #lineNames: string[] = [];
  /** By number, with those that are gone. */
  readonly #listeners: Listener[] = [];
  #users: UsersReplica | undefined;
  #probe: EarlyProbe | undefined;
  #judge: { readonly judge: Judge; readonly disconnect: () => void } | undefined;
  #stranger: { readonly client: Client; readonly lines: readonly number[] | undefined } | undefined;
  readonly steering = new LineSteering();
  /** Of connections that begin now. */
  context!: Context;
  /** By the number of the listener; undefined for one that comes with a later generation. */
  readonly entrances: (Entrance | undefined)[] = [];

  constructor(lasting: Lasting) {
    this.#lasting = lasting;
  }

  /** All later connections have this generation. */
  publish(generation: Generation): void {
    const { options, listeners, gone = [], links = [], steering, rules: tables, users } = generation;
    const { lines, log_level } = options;
    const { parts, probes, crowds, bulk } = this.#lasting;
    for (const { number, name } of lines) this.#lineNames[number] = name;
    const quiet = usualQuiet(options);
    for (const listener of [...gone, ...listeners]) this.#know(listener, quiet);
    parts.log.setLevel(log_level);
    parts.budget.set(options);
    parts.pipes.setMax(options.limits.pipes_max);
    crowds.set(options);
    parts.udpQueues.bytes_max = options.udp.queued_bytes_max;
    parts.badAddresses.setFixed(options.blacklist);
    parts.routes.set(options);
    parts.foreignHints.set(options.share);
    parts.links.set(links, parts.engine.clock());
    this.steering.set(steering);
    parts.names.set(options.dns);
    this.#follow(options, users);
    bulk.reach(options.workers);
    parts.ends.countsFirstBytes = options.admin.listen !== null;
    this.#setUsers(users);
    const clients = new Clients(parts.records, this.#listeners, listeners[0].number);
    if (this.#stranger !== undefined) clients.takeAllFor(this.#stranger.client, this.#stranger.lines);
    const rules = new RulesReplica(tables);
    const ownLines = dialLines(lines);
    const { udpUse, udpShares } = this.#lasting;
    const udpLimits = new UdpLimits(options.udp, udpUse, udpShares, areClientsLimited(options));
    const context: Context = {
      ...parts,
      options,
      limits: this.#limits(options, users !== undefined, udpLimits),
      udpLimits,
      authenticator: this.#authenticator(users !== undefined),
      lines: ownLines,
      bulk: lines.length > 1 ? bulk : undefined,
      allLines: lines.map(({ number }) => number),
      preferences: parts.routes.preferences,
      planRules: planRules(options.race),
      room: new AttemptRoom(parts.budget, crowds, ownLines, parts.failures),
      newAttempt: (candidate, target, outcome) => attemptFor(context, candidate, target, outcome),
      newTrial: (candidate, target, depth, known) => new HomeTrial(context, candidate, target, depth, known),
      newAssociation: associating(
        () => context,
        () => this.context,
      ),
      tunnelEnds: lines.some(needsTunnel) ? parts.tunnels : undefined,
      egress: egressOf(listeners, options, { ...parts, rules }),
      rules,
      clients,
      steering: this.steering,
      trace: parts.log.enabled('trace') ? new Trace(parts.log) : undefined,
      isDebugging: parts.log.enabled('debug'),
    };
    this.context = context;
    this.#probe?.stop();
    this.#probe = probes ? new EarlyProbe(context) : undefined;
  }

  /** The number of a listener that has gone may be that of another one now: then nothing that is on record has it. */
  #know(listener: Listener, quiet: Quiet): void {
    const { number, address } = listener;
    const before = this.#listeners[number];
    if (before !== undefined && before.address !== address) this.#lasting.parts.records.forgetListener(number);
    this.#listeners[number] = listener;
    this.entrances[number] = entranceOf(listener, quiet);
  }

  #authenticator(areSet: boolean): Context['authenticator'] {
    return areSet ? (this.#users ?? KNOWS_NOBODY) : KNOWS_NOBODY;
  }

  #limits(options: Options, areUsersSet: boolean, udp: UdpLimits): Limits {
    const { limits } = options;
    const { clientShares, userShares, userTable, siteLeases: leases, notices, parts } = this.#lasting;
    const rules = leaseRulesOf(options.share);
    return new Limits({
      clients: new ClientLimits(limits, clientShares, areClientsLimited(options)),
      users: new UserLimits(limits, userShares, userTable, rules && { leases, rules }),
      ...{ udp, rights: this.#authenticator(areUsersSet), notices, counters: parts.counters },
    });
  }

  /** The replica stays, with what it remembers, also where a generation between two others has no users. */
  #setUsers(users: readonly KnownUser[] | undefined): void {
    if (users === undefined) return;
    if (this.#users !== undefined) {
      this.#users.set(users);
      return;
    }
    const { notices, parts } = this.#lasting;
    const { deadlines, counters, engine } = parts;
    const tell = (notice: Notice): void => notices.tell(notice, engine.clock());
    this.#users = usersReplica(users, deadlines, () => engine.clock(), counters, tell);
    if (this.#judge !== undefined) this.#users.connect(this.#judge.judge, this.#judge.disconnect);
  }

  /** What is counted of connections while they live. */
  #follow({ budgets, limits, admin }: Options, users: readonly KnownUser[] | undefined): void {
    const { carrying } = this.#lasting;
    const areUsersCounted = areUsersBudgeted(users, limits);
    carrying.followUsers(areUsersCounted);
    // Whoever looks wants to see what long transfers carry.
    carrying.follow(budgets.length > 0 || areUsersCounted || admin.listen !== null);
  }

  /** Other users are in force. */
  usersChanged(users: readonly KnownUser[]): void {
    if (this.#users === undefined) return;
    this.#users.set(users);
    this.#follow(this.context.options, users);
  }

  /** Undefined where no users have been configured so far. */
  get users(): UsersReplica | undefined {
    return this.#users;
  }

  /** Claims are asked there, also of users that come later. `disconnect` lets go of the way to it. */
  connectJudge(judge: Judge, disconnect: () => void): void {
    this.#judge?.disconnect();
    this.#judge = { judge, disconnect };
    this.#users?.connect(judge, disconnect);
  }

  close(): void {
    this.#users?.close();
    this.#judge?.disconnect();
    this.#judge = undefined;
  }

  takeAllFor(client: Client, lines: readonly number[] | undefined): void {
    this.#stranger = { client, lines };
    this.context.clients.takeAllFor(client, lines);
  }

  readonly lineName = (line: number): string => this.#lineNames[line];
  readonly listenerName = (listener: number): string => this.#listeners[listener].name;
  readonly listenerNumber = (name: string): number | undefined =>
    this.#listeners.findLast((listener) => listener?.name === name)?.number;
}

function planRules({ stagger_ms, margin_ms, first_byte_ms }: Options['race']): PlanRules {
  return { stagger_ms, margin_ms, unknown_ms: first_byte_ms };
}
