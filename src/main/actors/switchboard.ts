// Connects the connection actors to the DNS, the route and the TLS actor by ports, again whenever one of them has been restarted.
// The messages on these ports do not pass through main. It also gives new rules and new users to all connection actors, and
// connects these to the judge of claims. It starts no actor.
import { MessageChannel } from 'node:worker_threads';
import type { RuleTables } from '../../protocol/rules/compile.js';
import type { Steering } from '../../protocol/steering/steering.js';
import type { LineLink } from '../../protocol/uplinks/line-link.js';
import type { KnownUser } from '../../protocol/users/user-entry.js';
import type { AdminControl, Former } from '../../threads/contracts/admin/control.js';
import type { ConnectionActor } from '../../threads/contracts/connection.js';
import type { NamesControl } from '../../threads/contracts/dns.js';
import type { RoutesControl } from '../../threads/contracts/routes.js';
import type { OthersUse, OwnUse, ShareControl } from '../../threads/contracts/share.js';
import type { Generation } from '../../threads/contracts/start.js';
import type { TlsControl } from '../../threads/contracts/tls.js';
import type { UsersJudge } from '../../threads/contracts/users.js';
import { moved, type Remote, serve } from '../../threads/port.js';
import type { ActorMemory } from '../../threads/shared/actor-memory.js';
import { within } from '../../threads/within.js';
import { FormerNames } from './former-names.js';
import { ShareBoard } from './share-board.js';

/** An actor that has not answered by then is dead or stuck; it is connected again when it has been restarted. */
const PLUG_TIMEOUT_MS = 2000;

export class Switchboard {
  readonly #connections = new Map<number, Remote<ConnectionActor>>();
  #names: Remote<NamesControl> | undefined;
  #routes: Remote<RoutesControl> | undefined;
  #tls: Remote<TlsControl> | undefined;
  #admin: Remote<AdminControl> | undefined;
  /** By number, also of connection actors that have ended. */
  readonly #memories = new Map<number, ActorMemory>();
  #generation: Generation;
  readonly #formerNames = new FormerNames();
  #former: Former;
  #judge: UsersJudge | undefined;
  readonly #share: ShareBoard;
  readonly #mayWrite: (path: string | null) => boolean;

  /** `mayWrite`: whether this process may write a state file. */
  constructor(generation: Generation, mayWrite: (path: string | null) => boolean) {
    this.#generation = generation;
    this.#former = this.#formerNames.set(generation.options.lines, generation.listeners);
    this.#mayWrite = mayWrite;
    const serving = () => ({
      ...{ connections: this.#connections, names: this.#names, routes: this.#routes, admin: this.#admin },
    });
    this.#share = new ShareBoard(serving, PLUG_TIMEOUT_MS);
  }

  /** What actors are started with. */
  get generation(): Generation {
    return this.#generation;
  }

  /** Connection actors that serve later are connected to this judge. */
  serveJudge(judge: UsersJudge): void {
    this.#judge = judge;
  }

  /** The connection actor serves: connects it to the other actors, and gives it the current rules and users. */
  async connectionServes(connection: Remote<ConnectionActor>, memory: ActorMemory): Promise<void> {
    const { actor } = memory;
    this.#connections.set(actor, connection);
    this.#memories.set(actor, memory);
    await this.#tellMemories();
    await Promise.all([
      ...[this.#plugAdminTo(actor, connection), this.#share.plugTo(actor, connection)],
      ...[this.#plugNames(connection), this.#plugRoutes(actor, connection)],
      ...[this.#plugTls(connection), this.#plugJudge(connection)],
      // It may have changed since the actor was started.
      within(PLUG_TIMEOUT_MS, connection.publish(this.#generation)),
    ]);
  }

  /** Resolves once every serving connection actor has the generation for later connections, or has not answered in time. */
  async publish(generation: Omit<Generation, 'links'>): Promise<void> {
    // The links that have been told last are those of all its lines.
    const { links, steering } = this.#generation;
    this.#generation = { steering, ...generation, links };
    this.#former = this.#formerNames.set(generation.options.lines, generation.listeners);
    // They are told of lines, so they know them first.
    await Promise.all([
      ...[this.#configureNames(), this.#configureRoutes(), this.#configureTls(), this.#configureAdmin()],
      this.#share.configure(this.#generation),
    ]);
    await this.#tellAll((connection) => connection.publish(this.#generation));
  }

  // Each may have been started with an earlier generation.

  async #configureNames(): Promise<void> {
    const { log_level } = this.#generation.options;
    if (this.#names !== undefined) await within(PLUG_TIMEOUT_MS, this.#names.setLogLevel(log_level));
  }

  async #configureRoutes(): Promise<void> {
    if (this.#routes === undefined) return;
    const { lines, budgets, cache, log_level } = this.#generation.options;
    const told = this.#routes.configure({ lines, budgets, cache, log_level }, !this.#mayWrite(cache.state_file));
    await within(PLUG_TIMEOUT_MS, told);
    await Promise.all([this.#tellRoutesOfLinks(), this.#tellRoutesOfSteering()]);
  }

  async #configureTls(): Promise<void> {
    if (this.#tls !== undefined) await within(PLUG_TIMEOUT_MS, this.#tls.configure(this.#generation.options));
  }

  async #configureAdmin(): Promise<void> {
    if (this.#admin === undefined) return;
    const { options, listeners } = this.#generation;
    await within(PLUG_TIMEOUT_MS, this.#admin.configure(options, listeners, this.#former));
    await this.#tellAdminRules();
  }

  async #tellAdminRules(): Promise<void> {
    if (this.#admin !== undefined) await within(PLUG_TIMEOUT_MS, this.#admin.setRules(this.#generation.rules));
  }

  async #tellAll(tell: (connection: Remote<ConnectionActor>) => Promise<void>): Promise<void> {
    await Promise.all([...this.#connections.values()].map((connection) => within(PLUG_TIMEOUT_MS, tell(connection))));
  }

  connectionGone(actor: number): void {
    this.#connections.delete(actor);
  }

  /** The DNS actor serves: connects all connection actors to it. `areOutdated`: see `ConnectionActor.connectNames`. */
  async namesServe(names: Remote<NamesControl>, areOutdated: boolean): Promise<void> {
    this.#names = names;
    await this.#configureNames();
    const plugged = [...this.#connections.values()].map((connection) => this.#plugNames(connection, areOutdated));
    await Promise.all([...plugged, this.#plugAdminToNames(), this.#share.plugNames()]);
  }

  namesGone(names: Remote<NamesControl>): void {
    // Another one may have taken its place.
    if (this.#names === names) this.#names = undefined;
  }

  /** The route actor serves: connects all connection actors to it. */
  async routesServe(routes: Remote<RoutesControl>): Promise<void> {
    this.#routes = routes;
    await this.#configureRoutes();
    const plugged = [...this.#connections].map(([actor, connection]) => this.#plugRoutes(actor, connection));
    await Promise.all([...plugged, this.#plugAdminToRoutes(), this.#share.plugRoutes()]);
  }

  routesGone(): void {
    this.#routes = undefined;
  }

  /** The TLS actor serves: connects all connection actors to it. */
  async tlsServes(tls: Remote<TlsControl>): Promise<void> {
    this.#tls = tls;
    await this.#configureTls();
    await Promise.all([...this.#connections.values()].map((connection) => this.#plugTls(connection)));
  }

  tlsGone(): void {
    this.#tls = undefined;
  }

  /** The admin actor serves: connects it to all other actors. */
  async adminServes(admin: Remote<AdminControl>): Promise<void> {
    this.#admin = admin;
    await Promise.all([this.#configureAdmin(), this.#tellMemories()]);
    const plugged = [...this.#connections].map(([actor, connection]) => this.#plugAdminTo(actor, connection));
    await Promise.all([...[...plugged, this.#plugAdminToNames(), this.#plugAdminToRoutes()], this.#share.plugAdmin()]);
  }

  adminGone(): void {
    this.#admin = undefined;
  }

  /** See `ShareControl`. */
  askBudgets(own: readonly OwnUse[]): Promise<readonly OthersUse[] | undefined> {
    return this.#share.askBudgets(own);
  }

  /** The share actor serves: connects it to all other actors. */
  shareServes(share: Remote<ShareControl>): Promise<void> {
    return this.#share.serves(share, this.#generation);
  }

  shareGone(): void {
    this.#share.gone();
  }

  async #plugAdminTo(actor: number, connection: Remote<ConnectionActor>): Promise<void> {
    if (this.#admin === undefined) return;
    const { port1, port2 } = new MessageChannel();
    const plugged = [this.#admin.connectConnections(actor, moved(port1)), connection.connectAdmin(moved(port2))];
    await within(PLUG_TIMEOUT_MS, Promise.all(plugged));
  }

  async #tellMemories(): Promise<void> {
    const memories = [...this.#memories.values()];
    if (this.#admin !== undefined) await within(PLUG_TIMEOUT_MS, this.#admin.setMemories(memories));
  }

  async #plugAdminToNames(): Promise<void> {
    if (this.#admin === undefined || this.#names === undefined) return;
    const { port1, port2 } = new MessageChannel();
    await within(
      PLUG_TIMEOUT_MS,
      Promise.all([this.#admin.connectNames(moved(port1)), this.#names.connectAdmin(moved(port2))]),
    );
  }

  async #plugAdminToRoutes(): Promise<void> {
    if (this.#admin === undefined || this.#routes === undefined) return;
    const { port1, port2 } = new MessageChannel();
    await within(
      PLUG_TIMEOUT_MS,
      Promise.all([this.#admin.connectRoutes(moved(port1)), this.#routes.connectAdmin(moved(port2))]),
    );
  }

  /** Has every actor know the state of all links, now and whenever one begins to serve. */
  async setLinks(links: readonly LineLink[]): Promise<void> {
    this.#generation = { ...this.#generation, links };
    await Promise.all([this.#tellRoutesOfLinks(), this.#tellAll((connection) => connection.setLinks(links))]);
  }

  async #tellRoutesOfLinks(): Promise<void> {
    const { links } = this.#generation;
    if (this.#routes !== undefined && links !== undefined) await within(PLUG_TIMEOUT_MS, this.#routes.setLinks(links));
  }

  /** Has every actor know what an operator has set by hand, now and whenever one begins to serve. */
  async setSteering(steering: Steering): Promise<void> {
    this.#generation = { ...this.#generation, steering };
    const told = this.#tellAll((connection) => connection.setSteering(steering));
    await Promise.all([this.#tellRoutesOfSteering(), told]);
  }

  async #tellRoutesOfSteering(): Promise<void> {
    const { steering } = this.#generation;
    if (this.#routes !== undefined && steering !== undefined)
      await within(PLUG_TIMEOUT_MS, this.#routes.setSteering(steering));
  }

  /** Resolves once every serving connection actor uses the rules, or has not answered in time. */
  async setRules(rules: RuleTables): Promise<void> {
    this.#generation = { ...this.#generation, rules };
    await Promise.all([this.#tellAdminRules(), this.#tellAll((connection) => connection.setRules(rules))]);
  }

  /** Resolves once every serving connection actor knows the users, or has not answered in time. */
  async setUsers(users: readonly KnownUser[]): Promise<void> {
    this.#generation = { ...this.#generation, users };
    await this.#share.setUsers(this.#generation.options, users);
    await this.#tellAll((connection) => connection.setUsers(users));
  }
  async #plugJudge(connection: Remote<ConnectionActor>): Promise<void> {
    if (this.#judge === undefined) return;
    const { port1, port2 } = new MessageChannel();
    serve(this.#judge, port1);
    await within(PLUG_TIMEOUT_MS, connection.connectJudge(moved(port2)));
  }

  async #plugNames(connection: Remote<ConnectionActor>, areOutdated = false): Promise<void> {
    if (this.#names === undefined) return;
    const { port1, port2 } = new MessageChannel();
    const plugged = [this.#names.connect(moved(port1)), connection.connectNames(moved(port2), areOutdated)];
    await within(PLUG_TIMEOUT_MS, Promise.all(plugged));
  }

  async #plugRoutes(actor: number, connection: Remote<ConnectionActor>): Promise<void> {
    if (this.#routes === undefined) return;
    const reports = new MessageChannel();
    const pushes = new MessageChannel();
    const plugged = [
      this.#routes.connect(actor, moved(reports.port1), moved(pushes.port1)),
      connection.connectRoutes(moved(reports.port2), moved(pushes.port2)),
    ];
    await within(PLUG_TIMEOUT_MS, Promise.all(plugged));
  }

  async #plugTls(connection: Remote<ConnectionActor>): Promise<void> {
    if (this.#tls === undefined) return;
    const { port1, port2 } = new MessageChannel();
    const plugged = [this.#tls.connect(moved(port1)), connection.connectTls(moved(port2))];
    await within(PLUG_TIMEOUT_MS, Promise.all(plugged));
  }
}
