// The records of all connection actors together: of all live connections, and of those that ended last. Main keeps no
// records: each actor keeps its own and is asked on demand, so that a connection costs no message. The records of a dead
// actor are lost; those of the others are returned.
import type { ConnectionRecord } from '../../protocol/race/record.js';
import type { ConnectionActor, RecordsPage } from '../../threads/contracts/connection.js';
import type { Remote } from '../../threads/port.js';
import { type Within, within } from '../../threads/within.js';

/** Records of ended connections. Each actor keeps as many, so that none of the newest is missing. */
const ENDED_MAX = 1000;
/** The time for one answer of an actor. */
const ASK_MS = 1000;

export interface ConnectionRecords {
  /** The oldest first. */
  readonly live: readonly ConnectionRecord[];
  /** The last one to end first. */
  readonly ended: readonly ConnectionRecord[];
}

type Actor = Pick<ConnectionActor, 'records'> | Pick<Remote<ConnectionActor>, 'records'>;

/** `actors`: undefined for an actor that is being restarted. */
export async function recordsOf(actors: readonly (Actor | undefined)[]): Promise<ConnectionRecords> {
  const all = await Promise.all(actors.map((actor) => (actor === undefined ? [] : pagesOf(actor))));
  const live: ConnectionRecord[] = [];
  const ended: ConnectionRecord[] = [];
  for (const record of all.flat()) (record.ending === undefined ? live : ended).push(record);
  live.sort((a, b) => a.opened_at - b.opened_at);
  ended.sort((a, b) => endOf(b) - endOf(a));
  return { live, ended: ended.slice(0, ENDED_MAX) };
}

/** The records of one actor, page by page, so that it serves connections in between. If it stops answering, those so far. */
async function pagesOf(actor: Actor): Promise<ConnectionRecord[]> {
  const records: ConnectionRecord[] = [];
  for (let from: number | undefined = 0; from !== undefined; ) {
    const answer: Within<RecordsPage> = await within(ASK_MS, actor.records(from));
    if (answer.code !== 'answered') return records;
    records.push(...answer.value.records);
    from = answer.value.next;
  }
  return records;
}

const endOf = ({ opened_at, duration_ms }: ConnectionRecord): number => opened_at + duration_ms;
