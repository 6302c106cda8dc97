// The share actor: the task of one thread, which is started only where `share.url` is set. It shares with the other gateways of the
// site what this one learns, and tells the actors of this one what the others have learned. Nothing waits for it: the gateway
// serves the same without it.
import type { MessagePort } from 'node:worker_threads';
import { actorLog } from '../../threads/actor-log.js';
import type { ShareControl } from '../../threads/contracts/share.js';
import type { ShareStart } from '../../threads/contracts/start.js';
import { HeapWatch } from '../../threads/heap-watch.js';
import { OnePort } from '../../threads/one-port.js';
import { serve } from '../../threads/port.js';
import { Pulse } from '../../threads/pulse.js';
import { forAdmin } from './for-admin.js';
import { openEngine } from './open-engine.js';
import { Others } from './others.js';
import { PresentSite } from './present-site.js';
import { LimitsRoom } from './quota/room.js';
import { roomsOf } from './rooms.js';
import type { ShareParts } from './shared/room.js';

/** Settles after `stop()`, or when the other end of the control port closes. */
export async function run(start: ShareStart): Promise<void> {
  const { options, beats, control, log: port } = start;
  const pulse = new Pulse(beats);
  const heap = new HeapWatch();
  heap.follow(pulse);
  const { log } = actorLog(port, options.log_level);
  let inForce = options;
  const others = new Others({
    async routesChanged(routes, lines, _sites, forgotten = []) {
      pulse.busy();
      for (const room of rooms) room.routesChanged?.(routes, lines, forgotten);
    },
    async badAddressesChanged(changes, whole) {
      for (const room of rooms) room.badAddressesChanged?.(changes, whole);
    },
    asked(actor, destinations) {
      pulse.busy();
      for (const room of rooms) room.asked?.(actor, destinations);
    },
  });
  const sites = new PresentSite(
    (share) => openEngine(share, (notice) => log?.tell(notice)),
    (site) => Promise.all(rooms.map((room) => room.leaves?.(site))),
  );
  sites.configure(options);
  const parts: ShareParts = {
    options: () => inForce,
    site: () => sites.site,
    now: () => performance.now(),
    routes: () => others.routes,
    names: () => others.names,
    tellHints: (actor, hints) => others.tellHints(actor, hints),
    tell: (notice) => log?.tell(notice),
  };
  const limits = new LimitsRoom(parts, start);
  const rooms = roomsOf(parts, limits, start);
  pulse.each(() => {
    for (const room of rooms) room.beat?.();
  });
  pulse.start();
  const admin = new OnePort(forAdmin(parts, rooms));
  const ended = new Promise<void>((resolve) => control.once('close', resolve));
  serve(
    {
      async configure(next) {
        inForce = next;
        log?.setLevel(next.log_level);
        sites.configure(next);
        for (const room of rooms) room.configured?.();
      },
      connectConnections: async (actor, to) => others.connectConnections(actor, to as MessagePort),
      connectNames: async (to) => others.connectNames(to as MessagePort),
      connectRoutes: async (reports, pushes) => others.connectRoutes(reports as MessagePort, pushes as MessagePort),
      setUsers: async (users) => limits.setUsers(users),
      askBudgets: (own) => limits.askBudgets(own),
      connectAdmin: async (to) => admin.connect(to as MessagePort),
      // The answer to this call is sent first.
      stop: async () => void setImmediate(() => control.close()),
    } satisfies ShareControl,
    control,
  );
  await ended;
  pulse.stop();
  heap.stop();
  admin.close();
  await sites.close();
  for (const room of rooms) room.close?.();
  await others.close();
  log?.close();
}
