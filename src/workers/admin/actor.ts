// The admin actor: the task of one thread, which is started only where `admin.listen` says where the gateway is to be looked at. It
// answers HTTP, reads what is counted in shared memory, and asks the other actors for the rest; nothing of theirs waits for it.
import type { MessagePort } from 'node:worker_threads';
import type { Listener } from '../../protocol/inbound/listener.js';
import type { RuleTables } from '../../protocol/rules/compile.js';
import { actorLog } from '../../threads/actor-log.js';
import type { AdminControl, Former } from '../../threads/contracts/admin/control.js';
import type { GatewayAdmin } from '../../threads/contracts/admin/gateway.js';
import type { AdminStart } from '../../threads/contracts/start.js';
import { HeapWatch } from '../../threads/heap-watch.js';
import { call, closed, serve } from '../../threads/port.js';
import { Pulse } from '../../threads/pulse.js';
import { ActorCounts, type ActorMemory } from '../../threads/shared/actor-memory.js';
import { Counters } from '../../threads/shared/counters.js';
import { GatewayCounts } from '../../threads/shared/gateway-counts.js';
import { UdpLines } from '../../threads/shared/udp-lines.js';
import { makeApp } from './app.js';
import { hearing } from './clash/hearing.js';
import { clashSockets } from './clash/sockets.js';
import { Feed } from './feed/feed.js';
import { guarded } from './guard/guard.js';
import { mayCome } from './guard/judge.js';
import { mayGoOn } from './guard/judge-upgrade.js';
import { Others } from './others.js';
import { readPage } from './page/files.js';
import { AdminServer } from './server.js';
import type { AdminParts } from './shared/parts.js';
import { takeConsole } from './take-console.js';
import { Traces } from './traces/traces.js';

/** Beside the bundle of this actor; see scripts/bundle.mjs. */
const PAGE = new URL('../../dashboard/', import.meta.url);

/** Settles after `stop()`, or when the other end of the control port closes. */
export async function run({
  options,
  beats,
  control,
  log,
  gateway,
  fd,
  counters,
  counts: ofGateway,
  udpLines,
}: AdminStart): Promise<void> {
  const pulse = new Pulse(beats);
  const heap = new HeapWatch();
  heap.follow(pulse);
  pulse.start();
  const { log: written, warn } = actorLog(log, options.log_level);
  if (written !== undefined) takeConsole(written);
  let inForce = options;
  let listeners: readonly Listener[] = [];
  let former: Former = { lines: [], listeners: [] };
  let rules: RuleTables | undefined;
  let memories: readonly ActorMemory[] = [];
  let counts = new ActorCounts(memories);
  const others = new Others();
  const parts: AdminParts = {
    options: () => inForce,
    listeners: () => listeners,
    former: () => former,
    rules: () => rules,
    gateway: call<GatewayAdmin>(gateway),
    connections: () => others.connections,
    names: () => others.names.remote,
    routes: () => others.routes.remote,
    share: () => others.share.remote,
    counters: new Counters(counters),
    ofGateway: new GatewayCounts(ofGateway),
    udpLines: new UdpLines(udpLines),
    counted: () => memories.length,
    traces: () => traces.counts,
    counts: () => counts,
  };
  const traces = new Traces({
    connections: parts.connections,
    gateway: parts.gateway,
    tell: (notice) => written?.tell(notice),
  });
  traces.set(options.admin);
  pulse.each(() => {
    if (traces.isOn) pulse.busy();
    void traces.look();
  });
  const feed = new Feed(parts);
  const wrongToken = (address: string | undefined): void => {
    const message = 'admin: a client has shown a wrong token';
    written?.tell({ topic: 'admin token', level: 'warn', message, fields: { client: address ?? 'unix' } });
  };
  const failed = (error: Error, path: string): void => {
    const message = 'admin: a request has failed: this is a bug of the gateway';
    written?.tell({ topic: 'admin failed', level: 'error', message, fields: { path, stack: error.stack } });
  };
  const server = new AdminServer({
    app: guarded(makeApp(parts, { page: readPage(PAGE, warn), feed, failed }), () => inForce.admin, wrongToken),
    upgrade: clashSockets(
      (path, query) => hearing(path, query, parts, feed),
      () => inForce.admin,
      wrongToken,
    ),
    mayCome: (address) => mayCome(address, inForce.admin.allow),
    mayGoOn: (request) => mayGoOn(request, inForce.admin),
  });
  if (fd !== undefined) server.listen(fd);
  const ended = new Promise<void>((resolve) => control.once('close', resolve));
  serve(
    {
      async listen(next) {
        server.listen(next);
      },
      leave: () => server.leave(),
      async configure(next, entrances, before) {
        inForce = next;
        server.judgeAgain();
        listeners = entrances;
        former = before;
        traces.set(next.admin);
        written?.setLevel(next.log_level);
      },
      async setRules(tables) {
        rules = tables;
      },
      async setMemories(next) {
        memories = next;
        counts = new ActorCounts(next);
      },
      connectConnections: async (actor, port) => others.connectConnections(actor, port as MessagePort),
      connectNames: async (port) => others.names.connect(port as MessagePort),
      connectRoutes: async (port) => others.routes.connect(port as MessagePort),
      connectShare: async (port) => others.share.connect(port as MessagePort),
      // The answer to this call is sent first.
      stop: async () => void setImmediate(() => control.close()),
    } satisfies AdminControl,
    control,
  );
  await ended;
  pulse.stop();
  heap.stop();
  traces.close();
  await server.close();
  await others.close();
  written?.close();
  await closed(gateway);
}
