// The DNS actor: the long task of one worker thread. Main speaks to it on the control port, and each connection actor
// on a separate port. It keeps only the connected ports: servers, cache and trust are in names.ts.
import type { MessagePort } from 'node:worker_threads';
import type { Notice } from '../../protocol/notices/notice.js';
import { actorLog } from '../../threads/actor-log.js';
import type { NamesActor, NamesControl } from '../../threads/contracts/dns.js';
import type { NamesStart } from '../../threads/contracts/start.js';
import { HeapWatch } from '../../threads/heap-watch.js';
import type { RemoteLog } from '../../threads/log.js';
import { serveLookups } from '../../threads/lookups.js';
import { OnePort } from '../../threads/one-port.js';
import { closed, serve } from '../../threads/port.js';
import { Pulse } from '../../threads/pulse.js';
import { Names } from './names.js';
import { namesAdmin } from './serve-admin.js';
import type { TraceQuestion } from './transports/configured-server.js';

/** Settles after `stop()`, or when the other end of the control port closes. */
export async function run({
  options,
  beats,
  control,
  log,
  readOnly = false,
  evidence,
  isFileNew,
}: NamesStart): Promise<void> {
  const pulse = new Pulse(beats);
  const heap = new HeapWatch();
  heap.follow(pulse);
  const { log: written, warn } = actorLog(log, options.log_level);
  const tell = (notice: Notice): void => written?.tell(notice);
  const names = new Names(options, { warn, readOnly, evidence, isFileNew, tell, trace: traceOf(written) });
  pulse.each(() => {
    if (names.look()) pulse.busy();
  });
  pulse.start();
  // Bounded: only main connects ports, one for each living connection actor, and each actor adds one port for lookups.
  const ports = new Set<MessagePort>();
  const keep = (port: MessagePort): void => {
    ports.add(port);
    port.once('close', () => ports.delete(port));
  };
  const actor: NamesActor = {
    async lookups(port) {
      keep(port as MessagePort);
      serveLookups(
        port as MessagePort,
        (name, hear) => {
          pulse.busy();
          names.lookup(name, hear);
        },
        (name, hear) => {
          pulse.busy();
          names.renew(name, hear);
        },
      );
    },
    subscribe: async (pushes) => names.trust.subscribe(pushes as MessagePort),
    observed: async (observations) => names.trust.observed(observations),
    siteSays: async (words, retractions, gateways) => names.trust.siteSays(words, retractions, gateways),
  };
  const admin = new OnePort(namesAdmin(names));
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= names.stop();
    return stopping;
  };
  const api: NamesControl = {
    async connect(port) {
      keep(port as MessagePort);
      serve(actor, port as MessagePort);
    },
    connectAdmin: async (port) => admin.connect(port as MessagePort),
    statistics: async () => names.statistics(),
    explain: (name) => names.explain(name),
    badAddresses: async () => names.trust.list(),
    undoBadAddress: async (address) => names.trust.undo(address),
    evidence: async () => names.trust.evidence(),
    retire: () => names.trust.retire(),
    setLogLevel: async (level) => written?.setLevel(level),
    save: async () => {
      // Reports that were sent earlier on other ports are read first.
      await new Promise(setImmediate);
      await names.trust.save();
    },
    async stop() {
      void stop();
      // The answers to pending calls, and to this one, go out first.
      setImmediate(() => control.close());
    },
  };

  const ended = new Promise<void>((resolve) => control.once('close', resolve));
  serve(api, control);
  await ended;
  pulse.stop();
  heap.stop();
  admin.close();
  await stop();
  written?.close();
  await Promise.all([...ports].map(closed));
}

/** At level trace, writes one log line for each question to a server. */
function traceOf(log: RemoteLog | undefined): TraceQuestion | undefined {
  if (log === undefined) return undefined;
  return (server, { name, type }, reply, time_ms) => {
    if (!log.enabled('trace')) return;
    const addresses = reply.kind === 'addresses' ? reply.addresses : undefined;
    const reason = reply.kind === 'no-answer' ? reply.reason : undefined;
    const fields = { server, name, type, answer: reply.kind, addresses, reason, time_ms: Math.round(time_ms) };
    log.write('trace', fields, 'DNS question');
  };
}
