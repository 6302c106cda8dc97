// What has opened and ended in all connection actors since the last time, some of it with records, the rest as a number.
import type { ConnectionId } from '../../../protocol/connections/connection-id.js';
import type { ConnectionSummary } from '../../../protocol/connections/summary.js';
import type { ConnectionsAdmin, News, NewsCursor, NewsOf } from '../../../threads/contracts/admin/connections.js';
import type { Remote } from '../../../threads/port.js';
import { within } from '../../../threads/within.js';
import type { AdminParts } from '../shared/parts.js';

/** An actor that does not answer is left out this time: the next answer has what it missed. */
const ASK_MS = 500;

export interface ToldConnection {
  readonly id: ConnectionId;
  readonly connection: ConnectionSummary;
}

/** Of one kind of news. */
export interface ToldConnections {
  readonly count: number;
  /** Spread over the time. */
  readonly some: readonly ToldConnection[];
}

export interface ConnectionNews {
  readonly opened: ToldConnections;
  readonly ended: ToldConnections;
}

const NOTHING: ToldConnections = { count: 0, some: [] };

export class ConnectionWatch {
  readonly #actors: Pick<AdminParts, 'connections'>;
  readonly #cursors = new Map<number, NewsCursor>();

  constructor(actors: Pick<AdminParts, 'connections'>) {
    this.#actors = actors;
  }

  /** Forgets how far it has heard: the next call tells nothing. */
  reset(): void {
    this.#cursors.clear();
  }

  /** `most`: how many of each kind are told. The bytes of lines are counted each second while this is called. */
  async read(most: number): Promise<ConnectionNews> {
    const actors = [...this.#actors.connections()];
    const each = Math.ceil(most / Math.max(actors.length, 1));
    const all = await Promise.all(actors.map(([actor, remote]) => this.#ask(actor, remote, each)));
    const joined = (kind: 'opened' | 'ended'): ToldConnections =>
      all
        .map(({ [kind]: one }) => one)
        .reduce((sum, one) => ({ count: sum.count + one.count, some: [...sum.some, ...one.some] }), NOTHING);
    return { opened: joined('opened'), ended: joined('ended') };
  }

  async #ask(actor: number, remote: Remote<ConnectionsAdmin>, most: number): Promise<ConnectionNews> {
    const answer = await within<News>(ASK_MS, remote.news(this.#cursors.get(actor), most));
    if (answer.code !== 'answered') return { opened: NOTHING, ended: NOTHING };
    const { cursor, opened, ended } = answer.value;
    this.#cursors.set(actor, cursor);
    return { opened: told(actor, opened), ended: told(actor, ended) };
  }
}

function told(actor: number, { count, some }: NewsOf): ToldConnections {
  return { count, some: some.map(({ id, connection }) => ({ id: { actor, ...id }, connection })) };
}
