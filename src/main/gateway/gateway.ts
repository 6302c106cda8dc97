// The running gateway: its parts, and the order in which they start and stop. It knows nothing of the command line (cli.ts),
// and nothing of the process and its signals (run.ts).
import { makeDoorbell } from '../../linux/doorbell.js';
import { openEngine } from '../../linux/engine/choose.js';
import type { Engine } from '../../linux/engine/engine.js';
import { Loop } from '../../linux/engine/loop.js';
import { countUnasked } from '../../linux/engine/socket.js';
import { errorName } from '../../linux/error-name.js';
import { isError } from '../../linux/result.js';
import { closeFd } from '../../linux/sockets.js';
import type { Configuration, Options } from '../../protocol/options.js';
import type { GatewayAdmin } from '../../threads/contracts/admin/gateway.js';
import { GatewayCounts } from '../../threads/shared/gateway-counts.js';
import { RoomFlag } from '../../threads/shared/room-flag.js';
import { type Stats, statsOf } from '../../threads/shared/stats.js';
import type { UdpTotals } from '../../threads/shared/udp-counts.js';
import { isWaiting, reasonOf } from '../../threads/within.js';
import { Acceptor } from '../accept/acceptor.js';
import { waitingAt } from '../accept/backlog.js';
import { socketsAt } from '../accept/left.js';
import { addressOf, letClientsIn, letGo, reserve, titleOf } from '../accept/listen.js';
import { Listeners } from '../accept/listeners.js';
import { leftKnowledge } from '../actors/knowledge.js';
import { Supervisor } from '../actors/supervisor.js';
import type { Tuning } from '../actors/supervisor-parts.js';
import { Admin } from '../admin/admin.js';
import { adminRole } from '../admin/role.js';
import { recordsOf } from '../observe/connection-records.js';
import { FailureWatch } from '../observe/failure-watch.js';
import { DONE, type Done, failed } from '../process/done.js';
import { raiseFdLimit } from '../process/fd-limit.js';
import type { Logger } from '../process/log.js';
import { Notices } from '../process/notices.js';
import { RoomMaker } from '../room/room-maker.js';
import { LinkWatch } from '../uplinks/link-watch.js';
import { type Ended, endedOf } from './ended.js';
import { chooseEngine } from './engine-choice.js';
import { Patience } from './patience.js';
import { Publishing } from './publishing.js';
import { settleRoom } from './room.js';
import type { Gateway, Started, Surroundings } from './running.js';
import type { StartParts } from './start-parts.js';
import { statusOf } from './status.js';

/** Resolves once the gateway accepts clients, or with a sentence that says why it cannot. `tuning` is for tests. */
export async function startGateway(
  asked: Configuration,
  log: Logger,
  tuning: Tuning = {},
  { bound, passed, access, left, admin, counts = new GatewayCounts() }: Surroundings = {},
): Promise<Started> {
  const limit = raiseFdLimit();
  if (limit.code === 'failed') return limit;
  const settled = settleRoom(asked, limit.fds);
  if (settled.code === 'failed') return settled;
  const { options, rules, users, warning, fds } = settled;
  if (warning !== undefined) log.warn(warning);
  const kind = chooseEngine(options.engine, log);
  if (typeof kind !== 'string') return kind;
  const reserved = reserve(options.listen, options.tcp_user_timeout_ms, { passed, left: left?.listeners });
  if (reserved.code === 'failed') return reserved;
  const { listening } = reserved;
  bound?.(listening);
  const opened = openEngine(kind);
  if ('code' in opened) {
    letGo(listening);
    return failed(`no ${kind} engine: ${opened.reason}`);
  }
  const parts = {
    ...{ options, rules, users, kind, listening, log, access, tuning, counts },
    fdsMax: limit.fds,
    engine: opened.engine,
    left: left && leftKnowledge(left),
    asked: admin,
    leftAdmin: left?.admin,
  };
  const started = await new Start(parts).run();
  if (started.code === 'started') {
    log.info({ fds }, `room for ${options.limits.connections_max} connections at a time`);
  }
  return started;
}

class Start {
  /** With what was computed then, from the descriptors. */
  readonly #atStart: Options;
  readonly #fdsMax: number;
  readonly #engine: Engine;
  readonly #log: Logger;
  readonly #notices: Notices;
  readonly #counts: GatewayCounts;
  readonly #listeners: Listeners;
  readonly #doorbell = makeDoorbell();
  readonly #room = RoomFlag.create();
  readonly #links: LinkWatch;
  readonly #supervisor: Supervisor;
  readonly #admin: Admin;
  readonly #openAdmin: () => Promise<Done>;
  #acceptor: Acceptor | undefined;
  #loop: Loop | undefined;

  constructor({ listening, ...parts }: StartParts) {
    const { options, rules, users, kind, fdsMax, engine, log, access, tuning, left, asked, counts, leftAdmin } = parts;
    this.#atStart = options;
    this.#fdsMax = fdsMax;
    this.#engine = engine;
    this.#log = log;
    this.#counts = counts;
    this.#notices = new Notices(log);
    countUnasked((event) => {
      const message = 'an event of a socket that nobody asked for is dropped: this is a bug of the gateway';
      this.#notices.tell({ topic: 'unasked', level: 'error', message, fields: { event } });
    });
    this.#listeners = new Listeners(listening);
    const listeners = listening.map(({ listener }) => listener);
    this.#links = new LinkWatch({
      ...{ engine, log },
      changed: (links) => this.#supervisor.setLinks(links),
      timed: () => this.#loop?.leave(),
    });
    const links = this.#links.follow(options.lines);
    this.#supervisor = new Supervisor({
      ...{ options, rules, users, engine: kind, fdsMax, listeners, links, log, counts, access, tuning, left },
      notices: this.#notices,
      mainDoorbell: this.#doorbell,
      room: this.#room,
      takeBack: (clients) => this.#acceptor?.takeBack(clients),
    });
    const { counters, udp } = this.#supervisor.connections.memory;
    this.#admin = new Admin({
      ...{ isWanted: asked !== undefined, log },
      host: (fd) =>
        this.#supervisor.beside(
          (switchboard) =>
            adminRole(switchboard, {
              ...{ gateway: asked as GatewayAdmin, notices: this.#notices, counters, counts: counts.memory, fd },
              udpLines: udp.lines,
            }),
          'admin',
        ),
    });
    this.#openAdmin = () => this.#admin.start(options.admin.listen, leftAdmin);
  }

  async run(): Promise<Started> {
    const done = await this.#prepare();
    if (done.code === 'done') return { code: 'started', gateway: this.#accept() };
    await this.#supervisor.stop(0);
    await this.#admin.stop();
    this.#notices.close();
    this.#engine.destroy();
    this.#links.close();
    letGo(this.#listeners.open);
    if (!isError(this.#doorbell)) closeFd(this.#doorbell);
    return done;
  }

  /** Starts all actors, and then lets clients in. */
  async #prepare(): Promise<Done> {
    if (isError(this.#doorbell)) return failed(`no eventfd: ${errorName(this.#doorbell)}`);
    const started = await this.#supervisor.start();
    if (started.code === 'failed') return started;
    const opened = await this.#openAdmin();
    if (opened.code === 'failed') return opened;
    for (const listening of this.#listeners.open) {
      const done = letClientsIn(listening);
      if (done.code === 'failed') return done;
    }
    return DONE;
  }

  #accept(): Gateway {
    const supervisor = this.#supervisor;
    const { dispatcher, owners, counters } = supervisor.connections;
    const [engine, counts] = [this.#engine, this.#counts];
    const admin = this.#admin;
    const listeners = this.#listeners;
    const roomMaker = new RoomMaker(this.#atStart.limits, {
      actors: () => actors(),
      waiting: () => waitingAt(listeners.open),
      ...{ notices: this.#notices, now: () => engine.clock() },
    });
    const acceptor = new Acceptor(listeners.open, {
      engine,
      dispatcher,
      owners,
      clients: supervisor.clients,
      room: new RoomFlag(this.#room),
      connections_max: this.#atStart.limits.connections_max,
      notices: this.#notices,
      limits: supervisor.limits,
      counts,
      pressure: roomMaker,
      kept: () => loop.leave(),
    });
    this.#acceptor = acceptor;
    const loop = new Loop(engine, {
      mayWait: () => acceptor.mayWait(),
      turned: () => {
        acceptor.turned();
        counts.turned(engine.turnTime());
      },
      isTimed: isWaiting,
    });
    this.#loop = loop;
    if (!loop.watchesLibuv) this.#log.warn('this Node hides its event loop: every thread wakes each millisecond');
    engine.watch(this.#doorbell, () => {}); // a ring only has to wake the loop
    const running = loop.run();
    const doorbell = this.#doorbell;
    const stats = (): Stats => statsOf(counters, supervisor.connections.counted);
    const actors = () => supervisor.connections.hosts.map(({ control }) => control);
    const failures = new FailureWatch({ stats, actors, notices: this.#notices });
    const patience = new Patience();
    const publishing = new Publishing({
      ...{ fdsMax: this.#fdsMax, supervisor, admin, acceptor, roomMaker, listeners },
      ...{ links: this.#links, log: this.#log },
    });
    const udp = (): UdpTotals => supervisor.connections.udp;
    const seen = { supervisor, admin, dispatcher, listeners, stats, udp, counts, fdsMax: this.#fdsMax };
    let closed: Promise<Ended> | undefined;
    const close = async (drain_timeout_ms: number): Promise<Ended> => {
      const left_ms = await patience.waits(drain_timeout_ms);
      acceptor.stop();
      failures.stop();
      roomMaker.stop();
      const at = dispatcher.census();
      const before = stats();
      await supervisor.stop(left_ms);
      await admin.stop();
      const ended = endedOf(at, before, stats());
      this.#notices.close();
      loop.stop();
      await running.catch(() => {});
      engine.destroy();
      this.#links.close();
      closeFd(doorbell);
      return ended;
    };
    return {
      publish: (next) => publishing.publish(next),
      setAccess: (access) => supervisor.setAccess(access),
      estate: async () => ({
        listeners: listeners.open.map(({ fd, place, file, isPassed }) => ({ fd, place, file, isPassed })),
        admin: admin.left,
        ...(await supervisor.knowledge()),
      }),
      async retire(closed) {
        roomMaker.retire();
        const served = acceptor.close(socketsAt(listeners.open, closed));
        const left = Promise.all([served, acceptor.leave()]);
        await Promise.all([patience.has(left), supervisor.retire(), admin.giveAway()]);
      },
      takeOverAdmin: () => admin.takeOver(),
      passUses: (pass) => supervisor.budgets.passOn(pass),
      addUses: (uses) => supervisor.budgets.add(uses),
      budgets: () => supervisor.budgets.shown,
      budgetStates: () => supervisor.budgets.states,
      allBudgets: (user, users_max) => supervisor.budgets.all(user, users_max),
      routesKnown: async () => supervisor.routes.control?.settled(),
      steer: (what) => supervisor.steering.change(what),
      lookAgain: () => acceptor.lookAgain(),
      hasten(drain_timeout_ms) {
        patience.ends(drain_timeout_ms);
        supervisor.connections.hasten(drain_timeout_ms);
      },
      get address() {
        return addressOf(listeners.open);
      },
      get notServing() {
        return supervisor.notServing;
      },
      get listensOn() {
        return listeners.open.map(titleOf);
      },
      broken: new Promise((resolve) => running.catch((error: unknown) => resolve(reasonOf(error)))),
      stats,
      udp,
      listenerCounts: () =>
        listeners.open.map(({ listener }) => ({ name: listener.name, ...counts.arrivals(listener.number) })),
      close(drain_timeout_ms) {
        closed ??= close(drain_timeout_ms);
        return closed;
      },
      breakOff() {
        acceptor.stop();
        const open = dispatcher.live();
        supervisor.connections.breakOff();
        admin.remove();
        return open;
      },
      options: () => supervisor.options,
      setLogLevel: (level) => supervisor.setLogLevel(level),
      status: (isDraining) => statusOf({ ...seen, engine: engine.kind, notices: this.#notices }, isDraining),
      silent: (timeout_ms) => supervisor.silent(timeout_ms),
      records: () => recordsOf(actors()),
      names: () => supervisor.names.control,
      actors,
    };
  }
}
