// What has opened and ended in all connection actors since the last time, connections or flows: some of it with records, the rest as
// a number.
import type { ConnectionId } from '../../../protocol/connections/connection-id.js';
import type { ConnectionsAdmin } from '../../../threads/contracts/admin/connections.js';
import type { News, NewsCursor, NewsOf } from '../../../threads/contracts/admin/news.js';
import type { Remote } from '../../../threads/port.js';
import { within } from '../../../threads/within.js';
import type { AdminParts } from '../shared/parts.js';

/** An actor that does not answer is left out this time: the next answer has what it missed. */
const ASK_MS = 500;

export interface ToldOne<One> {
  readonly id: ConnectionId;
  readonly one: One;
}

/** Of one kind of news. */
export interface ToldOf<One> {
  readonly count: number;
  /** Spread over the time. */
  readonly some: readonly ToldOne<One>[];
}

export interface ToldNews<One> {
  readonly opened: ToldOf<One>;
  readonly ended: ToldOf<One>;
}

type Ask<One> = (actor: Remote<ConnectionsAdmin>, since: NewsCursor | undefined, most: number) => Promise<News<One>>;

const NOTHING: ToldOf<never> = { count: 0, some: [] };

export class NewsWatch<One> {
  readonly #actors: Pick<AdminParts, 'connections'>;
  readonly #ask: Ask<One>;
  readonly #cursors = new Map<number, NewsCursor>();

  constructor(actors: Pick<AdminParts, 'connections'>, ask: Ask<One>) {
    this.#actors = actors;
    this.#ask = ask;
  }

  /** Forgets how far it has heard: the next call tells nothing. */
  reset(): void {
    this.#cursors.clear();
  }

  /** `most`: how many of each kind are told. */
  async read(most: number): Promise<ToldNews<One>> {
    const actors = [...this.#actors.connections()];
    const each = Math.ceil(most / Math.max(actors.length, 1));
    const all = await Promise.all(actors.map(([actor, remote]) => this.#askOne(actor, remote, each)));
    const joined = (kind: 'opened' | 'ended'): ToldOf<One> =>
      all
        .map(({ [kind]: one }) => one)
        .reduce((sum, one) => ({ count: sum.count + one.count, some: [...sum.some, ...one.some] }), NOTHING);
    return { opened: joined('opened'), ended: joined('ended') };
  }

  async #askOne(actor: number, remote: Remote<ConnectionsAdmin>, most: number): Promise<ToldNews<One>> {
    const answer = await within<News<One>>(ASK_MS, this.#ask(remote, this.#cursors.get(actor), most));
    if (answer.code !== 'answered') return { opened: NOTHING, ended: NOTHING };
    const { cursor, opened, ended } = answer.value;
    this.#cursors.set(actor, cursor);
    return { opened: told(actor, opened), ended: told(actor, ended) };
  }
}

function told<One>(actor: number, { count, some }: NewsOf<One>): ToldOf<One> {
  return { count, some: some.map(({ id, one }) => ({ id: { actor, ...id }, one })) };
}
