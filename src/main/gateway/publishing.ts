// Brings another configuration into force while the gateway runs: all of it that a start alone does not decide, or nothing and a
// sentence. It reads and compares no configuration: see main/reload.
import type { Configuration } from '../../protocol/options.js';
import { rulesAt } from '../../protocol/rules/at-listeners.js';
import { areClientsLimited } from '../../threads/shared/client-limits.js';
import { within } from '../../threads/within.js';
import type { Acceptor } from '../accept/acceptor.js';
import { setUserTimeouts } from '../accept/listen.js';
import type { Listeners } from '../accept/listeners.js';
import type { Supervisor } from '../actors/supervisor.js';
import type { Admin } from '../admin/admin.js';
import { DONE, type Done } from '../process/done.js';
import type { Logger } from '../process/log.js';
import type { RoomMaker } from '../room/room-maker.js';
import type { LinkWatch } from '../uplinks/link-watch.js';
import { settleRoom } from './room.js';

/** How long an actor may take to tell which listeners it has connections of. */
const IN_USE_MS = 2000;

interface PublishingParts {
  /** fd numbers are below this. */
  readonly fdsMax: number;
  readonly supervisor: Supervisor;
  readonly admin: Admin;
  readonly acceptor: Acceptor;
  readonly roomMaker: RoomMaker;
  readonly listeners: Listeners;
  readonly links: LinkWatch;
  readonly log: Logger;
}

export class Publishing {
  readonly #parts: PublishingParts;

  constructor(parts: PublishingParts) {
    this.#parts = parts;
  }

  /** See `Gateway.publish`. */
  async publish(next: Configuration): Promise<Done> {
    const { fdsMax, supervisor, admin, acceptor, roomMaker, listeners, links, log } = this.#parts;
    const settled = settleRoom(next, fdsMax, supervisor.connections.beyond(next.workers));
    if (settled.code === 'failed') return settled;
    const { options, rules, users, warning } = settled;
    if (warning !== undefined) log.warn(warning);
    const { listen, tcp_user_timeout_ms } = options;
    const relisted = await listeners.relist(listen, tcp_user_timeout_ms, () => this.#listenersInUse());
    if (relisted.code === 'failed') return relisted;
    const moved = await admin.prepare(options.admin.listen);
    if (moved.code === 'failed') {
      relisted.undo();
      return moved;
    }
    const before = links.lines;
    supervisor.setLinks(links.follow(options.lines));
    const published = await supervisor.publish({
      ...{ options, listeners: relisted.listeners, gone: relisted.gone, users },
      rules: rulesAt(
        rules,
        relisted.listeners.map(({ number }) => number),
      ),
    });
    if (published.code === 'failed') {
      relisted.undo();
      await moved.change.drop();
      supervisor.setLinks(links.follow(before));
      return published;
    }
    relisted.commit();
    await moved.change.make();
    supervisor.limits.set(options.limits, areClientsLimited(options));
    roomMaker.set(options.limits);
    acceptor.setConnectionsMax(options.limits.connections_max);
    acceptor.setListeners(relisted.listeners);
    acceptor.open(relisted.opened);
    setUserTimeouts(listeners.open, tcp_user_timeout_ms);
    log.level = options.log_level;
    if (relisted.closed.length > 0) await acceptor.close(relisted.closed);
    return DONE;
  }

  /** The numbers of listeners of which clients are anywhere; undefined if that is not known. */
  async #listenersInUse(): Promise<ReadonlySet<number> | undefined> {
    const { acceptor, supervisor } = this.#parts;
    // What is held here goes on to actors, and what a dead one had in its queue comes back: who is missed here is found there.
    const used = new Set(acceptor.heldListeners());
    const asked = supervisor.connections.hosts.map(async ({ control }) => {
      return control && (await within(IN_USE_MS, control.listenersInUse()));
    });
    for (const answer of await Promise.all(asked)) {
      if (answer?.code !== 'answered') return undefined;
      for (const number of answer.value) used.add(number);
    }
    return used;
  }
}
