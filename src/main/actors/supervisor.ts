// All actors of the gateway: their shared memory, their threads, and the order in which they start and stop. Each actor is
// kept alive by host.ts.
import { needsTunnel } from '../../protocol/lines/line.js';
import type { LogLevel, Options } from '../../protocol/options.js';
import type { Rule } from '../../protocol/rules/rule.js';
import type { LineLink } from '../../protocol/uplinks/line-link.js';
import type { ActorStatus } from '../../threads/contracts/admin/status.js';
import type { NamesControl } from '../../threads/contracts/dns.js';
import type { RoutesControl } from '../../threads/contracts/routes.js';
import type { ShareControl } from '../../threads/contracts/share.js';
import type { TlsControl } from '../../threads/contracts/tls.js';
import { ClientAddresses } from '../../threads/shared/client-addresses.js';
import { areClientsLimited, ClientLimits } from '../../threads/shared/client-limits.js';
import { GatewayCount } from '../../threads/shared/gateway-counts.js';
import { Shares } from '../../threads/shared/shares.js';
import { within } from '../../threads/within.js';
import type { BudgetKeeper } from '../budgets/keeper.js';
import { prepareAll } from '../process/change.js';
import { availableCores } from '../process/cores.js';
import { DONE, type Done, failed } from '../process/done.js';
import { mostConnections } from '../process/fd-limit.js';
import type { AccessSink } from '../process/log.js';
import { StateClaims } from '../process/state-claims.js';
import { RuleKeeper } from '../rules/keeper.js';
import type { SteeringKeeper } from '../steering/keeper.js';
import type { Estate } from '../upgrade/estate.js';
import type { UserKeeper } from '../users/keeper.js';
import { AccessPorts } from './access-ports.js';
import { type AnyHost, silentAmong } from './any-host.js';
import { commonMemory } from './common-memory.js';
import { ConnectionActors } from './connection-actors.js';
import { ACTOR_ENTRIES, type ActorEntries } from './entries.js';
import { ActorHost } from './host.js';
import { budgetKeeper, steeringKeeper } from './keepers.js';
import { evidenceOf, knowledgeFiles, saveKnowledge } from './knowledge.js';
import { OptionalActor } from './optional-actor.js';
import { ActorPool } from './pool.js';
import type { Published } from './published.js';
import { answersHold, resolvesAlike } from './resolving.js';
import type { Role } from './role.js';
import { namesRole, routesRole, shareRole, tlsRole } from './service-role.js';
import { StartGate } from './start-gate.js';
import { stateFilesOf } from './state-files.js';
import type { SupervisorParts } from './supervisor-parts.js';
import { Switchboard } from './switchboard.js';
import { userKeeper } from './user-keeper.js';

/** Starts at a time beyond one for each core, so that the DNS and the route actor delay no connection actor. */
const STARTS_BESIDE = 2;
/** How long the DNS and the route actor may take to stop: they write their state files, with up to a million routes. */
const SERVICES_STOP_MS = 10_000;
/** The share actor tells the engine that it leaves. */
const SHARE_STOP_MS = 1000;

export class Supervisor {
  readonly clients: ClientAddresses;
  readonly limits: ClientLimits;
  readonly connections: ConnectionActors;
  readonly #accessPorts: AccessPorts;
  names: ActorHost<NamesControl>;
  readonly routes: ActorHost<RoutesControl>;
  readonly budgets: BudgetKeeper;
  readonly steering: SteeringKeeper;
  readonly #tls: OptionalActor<TlsControl>;
  readonly #share: OptionalActor<ShareControl>;
  #rules: RuleKeeper;
  /** Takes the place of `#rules` when its rules are compiled. */
  #nextRules: RuleKeeper | undefined;
  readonly #users: UserKeeper;
  readonly #parts: SupervisorParts;
  readonly #switchboard: Switchboard;
  readonly #gate = new StartGate(availableCores() + STARTS_BESIDE);
  readonly #claims: StateClaims;
  #isStopping = false;
  readonly #mayWrite = (path: string | null): boolean => this.#claims.has(path);

  constructor(parts: SupervisorParts) {
    const { options, log, notices, left } = parts;
    const entries = this.#entries(parts);
    const { limits } = options;
    const most = { connections_max: mostConnections(parts.fdsMax) };
    const common = commonMemory(most, parts.fdsMax, parts.room);
    this.clients = new ClientAddresses(common.clients);
    this.limits = new ClientLimits(limits, new Shares(common.clientShares), areClientsLimited(options));
    const switchboard = new Switchboard({ options, listeners: parts.listeners, links: parts.links }, this.#mayWrite);
    this.#parts = parts;
    this.#switchboard = switchboard;
    this.steering = steeringKeeper(parts, switchboard);
    this.#rules = this.#ruleKeeper(parts.rules);
    this.#users = userKeeper(parts, switchboard, () => this.budgets.usersChanged());
    this.#claims = new StateClaims(stateFilesOf(options), log, left?.locks);
    this.names = this.#host(
      namesRole(switchboard, notices, this.#mayWrite, left && { options, evidence: left.evidence }),
      entries.names,
    );
    const routes = routesRole(switchboard, notices, this.#mayWrite, this, left?.routes);
    this.routes = this.#host(routes, entries.routes);
    this.#tls = new OptionalActor(options, {
      isNeeded: ({ lines }) => lines.some(needsTunnel),
      ends: false,
      make: () => this.#host(tlsRole(switchboard), entries.tls),
    });
    this.#share = new OptionalActor(options, {
      isNeeded: ({ share }) => share.url !== null,
      ends: true,
      make: () => this.#host(shareRole(switchboard, notices, common), entries.share),
    });
    this.#accessPorts = new AccessPorts(parts.access);
    this.connections = new ConnectionActors({
      ...{ ...parts, common, switchboard, accessPorts: this.#accessPorts },
      connections_most: most.connections_max,
      host: (role) => this.#host(role, entries.connection),
    });
    this.budgets = budgetKeeper(parts, this, switchboard, common.userTable, this.#mayWrite);
  }

  #entries({ tuning }: SupervisorParts): ActorEntries {
    return { ...ACTOR_ENTRIES, ...tuning?.entries };
  }

  #host<Control>(role: Role<Control>, entry: URL): ActorHost<Control> {
    const { log, counts, tuning } = this.#parts;
    return new ActorHost(role, new ActorPool(entry, tuning?.heap_mb), { gate: this.#gate, log, counts, ...tuning });
  }

  /** Keeps one more actor alive, which is the caller's to start and to end. */
  beside<Control>(role: (switchboard: Switchboard) => Role<Control>, entry: keyof ActorEntries): ActorHost<Control> {
    return this.#host(role(this.#switchboard), this.#entries(this.#parts)[entry]);
  }

  #ruleKeeper(rules: readonly Rule[]): RuleKeeper {
    return new RuleKeeper(rules, this.#parts.log, (tables) => this.#switchboard.setRules(tables));
  }

  /** Resolves once all actors serve, or one does not. `stop` must be called in either case. */
  async start(): Promise<Done> {
    const added = this.connections.add(this.#parts.options.workers);
    if (added.code === 'failed') return added;
    // Rules and users come first, so that no connection is made without them.
    const ruled = await this.#rules.prepare();
    if (ruled.code === 'failed') return ruled;
    await this.#switchboard.publish({ ...this.#switchboard.generation, rules: ruled.tables });
    this.#rules.start();
    if (this.#parts.users !== undefined) await this.#users.start();
    const started = await Promise.all(
      this.#hosts().map(async (host) => {
        const start = await host.start();
        if (start.code === 'failed') this.#gate.close();
        return start;
      }),
    );
    return started.find(({ code }) => code === 'failed') ?? DONE;
  }

  #hosts(): readonly AnyHost[] {
    return [...this.#services(), ...this.connections.hosts];
  }

  #services(): readonly AnyHost[] {
    return [this.names, this.routes, ...this.#tls.hosts, ...this.#share.hosts];
  }

  /** The names of the actors that are being started again. */
  get notServing(): readonly string[] {
    return this.#hosts().flatMap(({ name, control }) => (control === undefined ? [name] : []));
  }

  /** Resolves within `timeout_ms` with the names of the actors that have made no turn since the last call. */
  silent(timeout_ms: number): Promise<readonly string[]> {
    return silentAmong([...this.#services(), ...this.connections.watched], timeout_ms);
  }

  /**
   * Has all later connections be made with these options, listeners, rules and users. If that cannot be, nothing has changed.
   * Not to be called again before it has resolved.
   */
  async publish({ options, listeners, gone, rules, users }: Published): Promise<Done> {
    const keeper = this.#ruleKeeper(rules);
    this.#nextRules = keeper;
    const ruled = await keeper.prepare();
    if (this.#isStopping) return STOPS;
    if (ruled.code === 'failed') return ruled;
    const prepared = await prepareAll([
      () => this.#tls.prepare(options, (host) => this.#startAnother(host)),
      () => this.#share.prepare(options, (host) => this.#startAnother(host)),
      () => this.connections.prepare(options.workers),
      async () => this.#claims.prepare(stateFilesOf(this.#switchboard.generation.options), stateFilesOf(options)),
    ]);
    if (prepared.code === 'failed') return prepared;
    const { change } = prepared;
    const named = this.#isStopping ? STOPS : await this.#replaceNames(options);
    if (named.code === 'failed') {
      await change.drop();
      return named;
    }
    await this.#rules.stop();
    this.#rules = keeper;
    const known = await this.#users.replace(users, options.lines);
    const isOther = this.#switchboard.generation.options.cache.state_file !== options.cache.state_file;
    const steering = this.steering.setLines(options.lines);
    await this.#switchboard.publish({ options, listeners, gone, steering, rules: ruled.tables, users: known });
    await change.make();
    await this.budgets.set(options);
    if (isOther) void this.steering.takePinsOf(this.routes.control, true).catch(() => {});
    keeper.start();
    return DONE;
  }

  /** What all actors work by. */
  get options(): Options {
    return this.#switchboard.generation.options;
  }

  /** Of all actors. */
  get status(): readonly ActorStatus[] {
    return this.#hosts().map(({ status }) => status);
  }

  /** Has main and all actors log at that level until other options are published. */
  async setLogLevel(log_level: LogLevel): Promise<void> {
    this.#parts.log.level = log_level;
    const { generation } = this.#switchboard;
    await this.#switchboard.publish({ ...generation, options: { ...generation.options, log_level } });
  }

  /** Has every actor know the state of all links. */
  setLinks(links: readonly LineLink[]): void {
    void this.#switchboard.setLinks(links);
  }

  /** Puts another DNS actor in the place of the old one, if names are to be resolved in another way. */
  async #replaceNames(options: Options): Promise<Done> {
    const inForce = this.#switchboard.generation.options;
    if (resolvesAlike(inForce, options)) return DONE;
    const before = this.names;
    const evidence = await evidenceOf(before);
    const role = namesRole(this.#switchboard, this.#parts.notices, this.#mayWrite, {
      ...{ options, evidence },
      isFileNew: options.dns.state_file !== inForce.dns.state_file,
      areOutdated: !answersHold(inForce, options),
    });
    const next = this.#host(role, this.#entries(this.#parts).names);
    const started = await this.#startAnother(next);
    if (started.code === 'failed') return started;
    this.names = next;
    if (before.control !== undefined) await within(SERVICES_STOP_MS, before.control.retire());
    // It ends its last lookups as failed, which nobody waits for: they have been asked again.
    await before.stop(SERVICES_STOP_MS);
    await before.destroy();
    return DONE;
  }

  /** Starts an actor while the others serve. One that cannot be used leaves no thread. */
  async #startAnother<Control>(host: ActorHost<Control>): Promise<Done> {
    const started = this.#isStopping ? STOPS : await host.start();
    if (started.code === 'done' && !this.#isStopping) return DONE;
    await host.stop(0);
    await host.destroy();
    return started.code === 'failed' ? started : STOPS;
  }

  /** What another process needs to know what these actors know; its files in memory are the caller's. */
  async knowledge(): Promise<Pick<Estate, 'locks' | 'routes' | 'evidence' | 'usage' | 'steering' | 'upgrades'>> {
    const upgrades = this.#parts.counts.read(GatewayCount.upgrades);
    const known = { usage: this.budgets.toText(), steering: this.steering.left, upgrades };
    return { locks: this.#claims.locks, ...(await knowledgeFiles(this)), ...known };
  }

  /** Another process writes the state files, and shares with the site, from now on. */
  async retire(): Promise<void> {
    this.#claims.giveAway();
    this.budgets.retire();
    const retired = [this.names, this.routes].map(({ control }) => control?.retire());
    await Promise.all([within(SERVICES_STOP_MS, Promise.all(retired)), this.#share.stop(SHARE_STOP_MS)]);
  }

  /** Has lines of the access log be made for `access`; undefined: none. Resolves when no more come for the one before. */
  async setAccess(access: AccessSink | undefined): Promise<void> {
    this.#accessPorts.set(access);
    await this.connections.followAccess();
  }

  /** Ends the connection actors after their last connection, at the latest after `timeout_ms`, then all others. */
  async stop(timeout_ms: number): Promise<void> {
    this.#isStopping = true;
    this.#gate.close();
    // Saved now too: an impatient service manager may kill the process before the last connection has ended.
    if (timeout_ms > 0) void Promise.all([saveKnowledge(this), this.budgets.save()]);
    await Promise.all([this.#rules.stop(), this.#nextRules?.stop(), this.#users.stop()]);
    await this.connections.stop(timeout_ms);
    await this.budgets.stop();
    const services = [this.names, this.routes];
    const stopped = [this.#tls, ...services].map((service) => service.stop(SERVICES_STOP_MS));
    await Promise.all([...stopped, this.#share.stop(SHARE_STOP_MS)]);
    await Promise.all([this.connections, ...services].map((host) => host.destroy()));
    this.#claims.release();
  }
}

const STOPS = failed('the gateway stops');
