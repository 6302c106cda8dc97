// Makes room when connections_max is near or reached: has the peers of silent connections probed, so that those that have vanished
// go, and when clients wait nevertheless, has the longest silent ones ended (protocol/quiet/room.ts decides). While there is
// room it costs a comparison for each turn of main. It accepts nobody, and closes no socket: the actors do.
import { Longest } from '../../protocol/quiet/longest.js';
import { type Silent, type SilentConnection, type SilentPage, toEnd } from '../../protocol/quiet/room.js';
import type { ConnectionActor } from '../../threads/contracts/connection.js';
import type { Remote } from '../../threads/port.js';
import { type Within, within } from '../../threads/within.js';
import type { Notices } from '../process/notices.js';

/** Of all connections: when fewer are free, peers are probed. One client network may have four fifths of all (client-limits.ts). */
const NEAR_PART = 1 / 4;
/** Between two looks at who waits while connections_max is reached: a client that waits has room after this at the latest. */
const FULL_EVERY_MS = 250;
/** Between two looks at all connections otherwise. */
const NEAR_EVERY_MS = 2000;
/** Connections that are probed, and ended, by one look. */
const PROBED_MOST = 256;
const ENDED_MOST = 64;
/** Connections that an actor probes or ends in one go. It takes less than a millisecond. */
const PIECE = 64;
/** Silence of less than this is none. */
const SILENT_LEAST_MS = 60_000;
/** The time for one answer of an actor. */
const ASK_MS = 1000;

export interface RoomOptions {
  readonly connections_max: number;
  /** 0: none is ended. */
  readonly end_idle_after_s: number;
}

type Asked = Pick<ConnectionActor, 'silent' | 'probeSilent' | 'endSilent'>;
type Actor = Asked | Pick<Remote<ConnectionActor>, keyof Asked>;

export interface RoomParts {
  /** Undefined for an actor that is being restarted. */
  readonly actors: () => readonly (Actor | undefined)[];
  /** The number of clients in the backlogs. */
  readonly waiting: () => number;
  readonly notices: Pick<Notices, 'tell'>;
  /** In ms. */
  readonly now: () => number;
}

/** A connection of an actor. */
interface Own extends SilentConnection {
  readonly actor: Actor;
}

export class RoomMaker {
  readonly #parts: RoomParts;
  #options: RoomOptions;
  #room = Number.POSITIVE_INFINITY;
  #isFailing = false;
  #held = 0;
  #isRetired = false;
  #timer: NodeJS.Timeout | undefined;
  #waitsFor_ms = 0;
  #isLooking = false;
  /** When all connections were last looked at, and whether that was of use. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  #wasOfUse = true;
  #isStopped = false;

  constructor(options: RoomOptions, parts: RoomParts) {
    this.#options = options;
    this.#parts = parts;
  }

  set(options: RoomOptions): void {
    this.#options = options;
  }

  /**
   * Called after each turn of main. `room`: connections that are free. `isFailing`: clients cannot be accepted for now. `held`:
   * clients that are accepted and that no actor has got. An accept may be under way at each listener when the last room goes.
   */
  turned(room: number, isFailing: boolean, held: number): void {
    this.#room = room;
    this.#isFailing = isFailing;
    this.#held = held;
    if (this.#isStopped || !this.#isNear) return;
    const isLate = this.#isFull && this.#waitsFor_ms > FULL_EVERY_MS;
    if (this.#timer === undefined || (isLate && !this.#isLooking)) this.#wait();
  }

  /** From now on the backlogs are another process's: only the clients that are held still wait. */
  retire(): void {
    this.#isRetired = true;
  }

  get #isNear(): boolean {
    if (this.#isRetired && this.#held === 0) return false;
    return this.#isFailing || this.#room <= this.#options.connections_max * NEAR_PART;
  }

  get #isFull(): boolean {
    return this.#isFailing || this.#room <= 0;
  }

  /** The number of clients that want room. One that is held while there is room waits for an actor. */
  get #waiting(): number {
    const held = Math.max(0, this.#held - Math.max(0, this.#room));
    return this.#isRetired ? held : held + this.#parts.waiting();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#waitsFor_ms = this.#isFull ? FULL_EVERY_MS : NEAR_EVERY_MS;
    this.#timer = setTimeout(() => void this.#due(), this.#waitsFor_ms);
    this.#timer.unref();
  }

  async #due(): Promise<void> {
    this.#isLooking = true;
    await this.look();
    this.#isLooking = false;
    this.#timer = undefined;
    if (this.#isNear && !this.#isStopped) this.#wait();
  }

  /** One look: probes, and ends where clients wait. Never rejects. */
  async look(): Promise<void> {
    const { now } = this.#parts;
    const least_ms = this.#options.end_idle_after_s * 1000;
    const wanted = this.#isFull && least_ms > 0 ? Math.min(ENDED_MOST, this.#waiting) : 0;
    const isSoon = now() - this.#lookedAt < NEAR_EVERY_MS;
    // What is silent for long enough comes slowly: fruitless looks at all connections are seldom.
    if (isSoon && (wanted === 0 || !this.#wasOfUse)) return;
    this.#lookedAt = now();
    const silent_ms = Math.min(SILENT_LEAST_MS, least_ms === 0 ? SILENT_LEAST_MS : least_ms);
    const { longest, unprobed } = await this.#silent(silent_ms, wanted);
    const probed = await this.#ask(unprobed, (actor, own) => actor.probeSilent(own));
    const ending = toEnd(longest, wanted, least_ms);
    const ended = await this.#ask(ending, (actor, own) => actor.endSilent(own));
    this.#wasOfUse = probed > 0 || ended > 0 || longest.some(({ state }) => state === 'asked');
    if (ended > 0) this.#tell(ended, ending[ending.length - 1].silent_ms);
  }

  /** The longest silent connections of all actors, and of those the ones that were not probed lately. */
  async #silent(least_ms: number, wanted: number): Promise<{ longest: readonly Own[]; unprobed: readonly Own[] }> {
    const most = wanted === 0 ? 0 : PROBED_MOST + wanted;
    const [longest, unprobed] = [new Longest<Own>(most), new Longest<Own>(PROBED_MOST)];
    const read = async (actor: Actor): Promise<void> => {
      for (let from: number | undefined = 0; from !== undefined; ) {
        const page: Within<SilentPage> = await within(
          ASK_MS,
          actor.silent(from, { least_ms, longest: most, unprobed: PROBED_MOST }),
        );
        if (page.code !== 'answered') return;
        for (const one of page.value.longest) longest.add({ ...one, actor });
        for (const one of page.value.unprobed) unprobed.add({ ...one, actor });
        from = page.value.next;
      }
    };
    await Promise.all(this.#parts.actors().map((actor) => actor && read(actor)));
    return { longest: longest.list, unprobed: unprobed.list };
  }

  /** Asks each actor about its own of the connections, piece by piece. Returns the sum of the answers. */
  async #ask(
    connections: readonly Own[],
    ask: (actor: Actor, own: readonly Silent[]) => Promise<number>,
  ): Promise<number> {
    const byActor = new Map<Actor, Silent[]>();
    for (const { actor, connection, silent_ms } of connections) {
      const own = byActor.get(actor) ?? [];
      byActor.set(actor, own);
      own.push({ connection, silent_ms });
    }
    let sum = 0;
    const askAll = async (actor: Actor, own: readonly Silent[]): Promise<void> => {
      for (let from = 0; from < own.length; from += PIECE) {
        const answer = await within(ASK_MS, ask(actor, own.slice(from, from + PIECE)));
        if (answer.code !== 'answered') return;
        sum += answer.value;
      }
    };
    await Promise.all([...byActor].map(([actor, own]) => askAll(actor, own)));
    return sum;
  }

  #tell(ended: number, silent_ms: number): void {
    const { connections_max } = this.#options;
    this.#parts.notices.tell({
      topic: 'ended-for-room',
      level: 'warn',
      message:
        'connections_max is reached: those that were silent for longest are ended, so that clients that wait come in',
      fields: { ended, silent_s: Math.floor(silent_ms / 1000), connections_max },
    });
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
