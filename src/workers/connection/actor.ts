// The connection actor: the task of one thread. It takes fds off its queue and runs a session for each. It accepts no
// connections itself; main's calls are answered by serve-main.ts.
import { ring } from '../../linux/doorbell.js';
import type { Engine } from '../../linux/engine/engine.js';
import { Loop } from '../../linux/engine/loop.js';
import { PipePool } from '../../linux/pipes.js';
import { DeadlineWheel } from '../../protocol/deadline-wheel.js';
import { LineHealth } from '../../protocol/lines/health/health.js';
import { LineTimes } from '../../protocol/lines/health/times.js';
import { tableLength } from '../../protocol/lines/numbers.js';
import { SilentFlows } from '../../protocol/udp/silent-flows.js';
import type { AccessStart, ConnectionStart } from '../../threads/contracts/start.js';
import { HeapWatch } from '../../threads/heap-watch.js';
import { logWarnings, RemoteLog } from '../../threads/log.js';
import { BulkSpans } from '../../threads/shared/bulk-spans.js';
import { ClientAddresses } from '../../threads/shared/client-addresses.js';
import { Counter } from '../../threads/shared/counters.js';
import { FdQueue } from '../../threads/shared/fd-queue.js';
import { fdOf, listenerOf } from '../../threads/shared/hand-off.js';
import { RoomFlag } from '../../threads/shared/room-flag.js';
import { AccessLog } from './access-log.js';
import { BulkTransfers } from './bulk-transfers.js';
import { Carrying } from './carrying.js';
import { ConnectionEnd } from './connection-end.js';
import { type Counts, countsIn, tellUnasked } from './counts.js';
import { Generations, type Lasting } from './generations.js';
import { DeadLines } from './hanging/dead-lines.js';
import { GoneAddresses } from './hanging/gone-addresses.js';
import { KERNEL } from './hanging/look.js';
import { ownEngine } from './own-engine.js';
import { ConnectionRecords } from './records/records.js';
import { serveMain } from './serve-main.js';
import { Session } from './session.js';
import { ClientNotices } from './shared/client-notices.js';
import { AttemptBudget } from './shared/dialling/attempt-budget.js';
import { Circles } from './shared/dialling/circles.js';
import { Crowds } from './shared/dialling/crowds.js';
import { FailureLog } from './shared/dialling/failure-log.js';
import { Links } from './shared/dialling/links.js';
import { OutcomeReports } from './shared/outcome-reports.js';
import { BadAddresses } from './shared/replicas/bad-addresses.js';
import { BulkSites } from './shared/replicas/bulk-sites.js';
import { ForeignHints } from './shared/replicas/foreign-hints.js';
import { NamesReplica } from './shared/replicas/names.js';
import { RoutesReplica } from './shared/replicas/routes.js';
import { Sites } from './shared/sites.js';
import { Tunnels } from './shared/tunnels.js';
import { Tally } from './tally.js';
import { QueueRoom } from './udp/flows/queue.js';
import { FlowBook } from './udp/records/flow-book.js';
import { UdpTally } from './udp/tally.js';

/** Connections begun in one turn before the running ones are served. */
const OPEN_BATCH = 64;
/** Deadlines reported in one turn before the running connections are served: thousands may be due at the same time. */
const EXPIRE_BATCH = 64;
/** How late an attempt of a race may start. */
const TICK_MS = 4;
/** After the thread was away: turns that handle socket events before deadlines are looked at. */
const CATCH_UP_TURNS_MAX = 16;

/** Resolves when the actor has drained; rejects with the error that ended its loop. */
export async function run(start: ConnectionStart): Promise<void> {
  const sites = new Sites();
  await sites.loadFor(start.rules);
  const actor = new Actor(start, sites);
  try {
    await actor.serve();
  } finally {
    actor.destroy();
  }
}

class Actor {
  readonly #start: ConnectionStart;
  readonly #engine: Engine;
  readonly #why: string | undefined;
  readonly #loop: Loop;
  readonly #queue: FdQueue;
  readonly #room: RoomFlag;
  readonly #counts: Counts;
  readonly #heap = new HeapWatch();
  readonly #parts: Lasting['parts'];
  readonly #generations: Generations;
  readonly #deadLines: DeadLines;
  readonly #names: NamesReplica;
  readonly #outcomes: OutcomeReports;
  readonly #routes: RoutesReplica;
  readonly #carrying: Carrying;
  /** Undefined where there is none. */
  #access: AccessLog | undefined;
  #drainBy: number | undefined;
  /** The time to drain is over, and connections are left. */
  #mustCut = false;
  /** Turns in a row in which the engine was behind. */
  #behind = 0;
  /** Whether the last turn brought nothing. */
  #isIdle = false;
  /** Whether deadlines may be due that are not reported yet. */
  #hasDue = false;

  constructor(start: ConnectionStart, sites: Sites) {
    const { options, shared } = start;
    this.#start = start;
    this.#queue = new FdQueue(shared.own.queue);
    this.#room = new RoomFlag(shared.room);
    const counts = countsIn(shared);
    const { counters } = counts;
    this.#counts = counts;
    const { engine, why, ownership, clientShares, userShares, udpShares } = ownEngine(start);
    this.#engine = engine;
    this.#why = why;
    const now = () => engine.clock();
    const deadlines = new DeadlineWheel(now());
    const badAddresses = new BadAddresses(options.blacklist, () => performance.timeOrigin + performance.now());
    // Answers age also while the thread is away.
    const age = () => performance.now();
    this.#names = new NamesReplica(options.dns, { deadlines, badAddresses, now: age, counters });
    this.#outcomes = new OutcomeReports((observations) => this.#names.observed(observations));
    const health = new LineHealth(tableLength(options.lines));
    this.#routes = new RoutesReplica(start.actor, options, health, now);
    const log = new RemoteLog(start.log, options.log_level, () => {
      counters[Counter.logsDropped] += 1;
    });
    logWarnings(log);
    tellUnasked(counters, log);
    const clients = new ClientAddresses(shared.clients);
    const noting = {
      actor: start.actor,
      ...{ clock: engine, present: now },
      listenerName: (listener: number) => this.#generations.listenerName(listener),
      lineName: (line: number) => this.#generations.lineName(line),
    };
    const connections_max = start.connections_most;
    const records = new ConnectionRecords({ ...noting, connections_max, addressOf: (fd) => clients.read(fd) });
    const udpTally = new UdpTally(counts.udpCounts);
    this.#carrying = new Carrying(records, counts.lineBytes, counts.userTable);
    const bulkSites = new BulkSites(this.#routes, sites);
    const bulk = new BulkTransfers({
      ...{ clock: engine, records, routes: this.#routes, sites: bulkSites },
      spans: new BulkSpans(shared.bulk, start.actor),
      wall: () => performance.timeOrigin + performance.now(),
    });
    const books = {
      ...counts,
      ...{ clock: engine, log, records },
      carrying: this.#carrying,
      bulk,
      ended: () => this.#ended(),
    };
    this.#parts = {
      engine,
      budget: new AttemptBudget(options),
      health,
      links: new Links(health, (line) => this.#deadLines.linkChanged(line)),
      tunnels: new Tunnels(ownership),
      badAddresses,
      circles: new Circles(),
      deadlines,
      ticks: new DeadlineWheel(now(), TICK_MS),
      names: this.#names,
      outcomes: this.#outcomes,
      routes: this.#routes,
      foreignHints: new ForeignHints(now, counters),
      sites,
      bulkSites,
      pipes: new PipePool(options.limits.pipes_max, ownership),
      ...{ counters, lineCounts: counts.lineCounts },
      ...{ udpLines: counts.udpLines, udpTimes: new LineTimes(), silentFlows: new SilentFlows() },
      ...{ tally: new Tally(counts), log, failures: new FailureLog(log) },
      records,
      ends: new ConnectionEnd(books),
      ...{ udpTally, udpQueues: new QueueRoom(options.udp.queued_bytes_max) },
      flowBook: new FlowBook({ ...noting, tally: udpTally, log, carrying: this.#carrying }),
    };
    this.#generations = new Generations({
      ...{
        parts: this.#parts,
        clientShares,
        ...{ userShares, udpShares, udpUse: counts.udpUse, userTable: counts.userTable, siteLeases: counts.siteLeases },
        notices: new ClientNotices(log),
        carrying: this.#carrying,
        bulk,
      },
      crowds: new Crowds(options, deadlines),
      probes: start.actor === 0,
    });
    const gone = new GoneAddresses();
    this.#deadLines = new DeadLines({
      ...this.#parts,
      kernel: KERNEL,
      isDirect: (line) => this.#generations.context.lines[line]?.isDirect,
      goneSince: (ip, time) => gone.since(ip, time),
    });
    this.#routes.doubts = (line) => this.#deadLines.doubts(line);
    this.#generations.publish(start);
    this.#setAccess(start.access);
    this.#loop = new Loop(engine, { mayWait: () => this.#mayWait(), turned: (outcomes) => this.#turned(outcomes) });
    engine.watch(start.doorbell, () => {});
  }

  serve(): Promise<void> {
    const drain = (timeout_ms: number): void => {
      this.#drainBy = this.#engine.clock() + timeout_ms;
    };
    const [parts, generations, carrying, why] = [this.#parts, this.#generations, this.#carrying, this.#why];
    const setAccess = (access: AccessStart | undefined): void => this.#setAccess(access);
    const queued = (): readonly number[] => this.#queue.waiting();
    serveMain(this.#start, { parts, generations, carrying, why, drain, queued, setAccess });
    return this.#loop.run();
  }

  #setAccess(access: AccessStart | undefined): void {
    this.#access?.close();
    const { deadlines, engine, ends, flowBook } = this.#parts;
    this.#access = access && new AccessLog(access, deadlines, engine, this.#counts.counters);
    ends.access = this.#access;
    flowBook.access = this.#access;
  }

  /** Before a wait of the loop: with fds in the queue it must not. */
  #mayWait(): number {
    if (this.#hasDue || !this.#queue.fallAsleep()) return 0;
    if (this.#queue.isResting) {
      // Only a turn without a wait shows that there is nothing to do.
      if (!this.#isIdle) return 0;
      if (this.#queue.mustTell()) ring(this.#start.mainDoorbell);
    }
    return this.#parts.ticks.size > 0 ? TICK_MS : Number.POSITIVE_INFINITY;
  }

  /** Called after each turn of the engine. */
  #turned(outcomes: number): void {
    this.#queue.wakeUp();
    this.#counts.counters[Counter.turns] += 1;
    this.#isIdle = this.#open() === 0 && outcomes === 0;
    const { now } = this.#engine;
    this.#expire(now);
    this.#routes.flush(now);
    this.#outcomes.flush(now);
    this.#parts.foreignHints.flush();
    this.#names.flush();
    this.#carrying.turned(now);
    this.#heap.turned(now);
    this.#counts.turnTimes.count(this.#engine.turnTime());
    if (this.#drainBy !== undefined && this.#drained(now)) this.#loop.stop();
  }

  /** Handles events of sockets first: a deadline must not end a connection whose answer has come already. */
  #expire(now: number): void {
    this.#behind = this.#engine.isBehind ? this.#behind + 1 : 0;
    if (this.#behind > 0 && this.#behind <= CATCH_UP_TURNS_MAX) return;
    this.#hasDue = !this.#parts.deadlines.expire(now, EXPIRE_BATCH);
    this.#parts.ticks.expire(now);
  }

  /** Takes clients from the queue, and returns their number. */
  #open(): number {
    const { context, entrances } = this.#generations;
    for (let opened = 0; opened < OPEN_BATCH; opened += 1) {
      const client = this.#queue.next();
      if (client < 0) return opened;
      const entrance = entrances[listenerOf(client)];
      // It came by a listener of a generation that is still on its way here.
      if (entrance === undefined) return opened;
      const session = new Session(context, fdOf(client), entrance);
      this.#queue.taken();
      session.start();
    }
    return OPEN_BATCH;
  }

  #ended(): void {
    if (this.#room.lower()) ring(this.#start.mainDoorbell);
  }

  #drained(now: number): boolean {
    const live = this.#counts.counters[Counter.opened] - this.#counts.counters[Counter.closed];
    if (live === 0 && this.#queue.length === 0) return true;
    if (now < (this.#drainBy as number)) return false;
    this.#parts.log.write('warn', { connections: live }, 'the time to drain is over: what is left is reset');
    this.#mustCut = true;
    return true;
  }

  destroy(): void {
    // A verdict that comes later must find nobody: its client's socket is gone with the engine.
    this.#generations.close();
    this.#engine.destroy();
    if (this.#mustCut) for (const books of [this.#parts.ends, this.#parts.flowBook]) books.cutAll();
    this.#parts.pipes.destroy();
    this.#parts.tunnels.close();
    this.#names.close();
    this.#routes.close();
    this.#parts.foreignHints.close();
    this.#access?.close();
    this.#parts.log.close();
    this.#start.control.close();
  }
}
