// Answers main's calls to a connection actor. It decides nothing: each call goes to the part of the actor that it is for.
import type { MessagePort } from 'node:worker_threads';
import type { Target } from '../../protocol/address/target.js';
import type { RuleTables } from '../../protocol/rules/compile.js';
import type { ConnectionsAdmin } from '../../threads/contracts/admin/connections.js';
import type { DialAsked } from '../../threads/contracts/admin/dial.js';
import type { AskedFor, ConnectionActor } from '../../threads/contracts/connection.js';
import type { AccessStart, ConnectionStart, Generation } from '../../threads/contracts/start.js';
import type { UsersJudge } from '../../threads/contracts/users.js';
import { OnePort } from '../../threads/one-port.js';
import { call, serve } from '../../threads/port.js';
import { listenerOf } from '../../threads/shared/hand-off.js';
import { connectionsAdmin } from './admin/serve-admin.js';
import { asClient } from './as-client.js';
import type { Carrying } from './carrying.js';
import type { Context } from './context.js';
import { flowOutlookFor } from './flow-outlook.js';
import type { Generations } from './generations.js';
import { dialLine } from './race/line-dial.js';
import { outlook } from './race/outlook.js';
import { SilentConnections } from './silence/silent-connections.js';
import { testRules } from './test-rules.js';

/** The parts of an actor that main's calls are for. */
export interface ServedParts {
  readonly parts: Pick<
    Context,
    | ('engine' | 'links' | 'deadlines' | 'sites' | 'failures' | 'records' | 'tunnels' | 'counters')
    | ('names' | 'outcomes' | 'routes' | 'foreignHints' | 'flowBook')
  >;
  readonly generations: Generations;
  readonly carrying: Pick<Carrying, 'watch'>;
  /** Why the engine is not io_uring, when main asked for that. */
  readonly why: string | undefined;
  drain(timeout_ms: number): void;
  /** Clients in the queue, as `handOff` numbers. */
  queued(): readonly number[];
  /** Undefined: no access log. */
  setAccess(access: AccessStart | undefined): void;
}

export function serveMain(
  { control, actor: number }: Pick<ConnectionStart, 'control' | 'actor'>,
  { parts, generations, carrying, why, drain, queued, setAccess }: ServedParts,
): void {
  const { engine, links, sites, failures, records, tunnels, names, outcomes, routes, foreignHints, flowBook } = parts;
  const silence = new SilentConnections(parts);
  const watch = (): void => carrying.watch(engine.now);
  const dial = (asked: DialAsked) => dialLine(generations.context, asked);
  const test: ConnectionsAdmin['testRules'] = (target, as, more) =>
    testRules(generations.context, generations.listenerNumber, { target, as, more });
  const asked = { watch, dial, testRules: test };
  const admin = new OnePort(connectionsAdmin({ actor: number, records, flowBook, names: generations, ...asked }));
  control.once('close', () => admin.close());
  const actor: ConnectionActor = {
    ready: async () => ({ engine: engine.kind, why }),
    async report() {
      routes.flush(engine.now, true);
      outcomes.flush(engine.now, true);
    },
    drain: async (timeout_ms) => drain(timeout_ms),
    connectNames: async (port, areOutdated) => names.connect(port as MessagePort, areOutdated),
    connectRoutes: async (reports, pushes) => routes.connect(reports as MessagePort, pushes as MessagePort),
    connectAdmin: async (port) => admin.connect(port as MessagePort),
    connectTls: async (port) => tunnels.connect(port as MessagePort),
    connectShare: async (port) => foreignHints.connect(port as MessagePort),
    connectAccess: async (port, form) => setAccess(form && { form, port: port as MessagePort }),
    async setRules(tables: RuleTables) {
      await sites.loadFor(tables);
      generations.context.rules.set(tables);
    },
    setSteering: async (steering) => generations.steering.set(steering),
    setLinks: async (told) => links.set(told, engine.now),
    async publish(generation: Generation) {
      await sites.loadFor(generation.rules);
      generations.publish(generation);
    },
    setUsers: async (known) => generations.usersChanged(known),
    async connectJudge(to) {
      const port = to as MessagePort;
      generations.connectJudge(call<UsersJudge>(port), () => port.close());
    },
    lastFailure: async () => failures.last(engine.now),
    listenersInUse: async () => [...records.liveListeners(), ...queued().map(listenerOf)],
    records: async (from) => records.page(from),
    silent: async (from, wanted) => silence.page(from, wanted),
    probeSilent: async (connections) => silence.probe(connections),
    endSilent: async (connections) => silence.end(connections),
    takeAllFor: async (client, lines) => generations.takeAllFor(client, lines),
    async ruled(target: Target) {
      const { rules, clients } = generations.context;
      return rules.ruled(target, clients.usual);
    },
    async outlook(target: Target, as?: AskedFor) {
      const { context } = generations;
      const { client, lines } = asClient(as, context.clients, context.options.lines, generations.listenerNumber);
      return outlook(context, target, client, lines);
    },
    async flowOutlook(target: Target, as?: AskedFor) {
      const { context } = generations;
      const { client, lines } = asClient(as, context.clients, context.options.lines, generations.listenerNumber);
      return flowOutlookFor(context, target, client, lines);
    },
  };
  serve(actor, control);
}
