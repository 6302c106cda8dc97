// Logs what happens repeatedly: the notices of all actors and of main pass through here, so that the log has each once,
// and a lasting problem does not fill it. It notices nothing itself.
import type { Notice } from '../../protocol/notices/notice.js';
import { CrowdRepeats, Repeats } from '../../protocol/notices/repeats.js';
import type { Trouble } from '../../protocol/notices/trouble.js';
import type { LogRecord } from '../../threads/log.js';
import type { Logger } from './log.js';

/** One notice of a topic in this time; for a state, one that it is good and one that it is bad. */
const EVERY_MS = 60_000;

/** A state that comes and goes. */
interface State {
  /** The state as last logged. A state is good until a notice says otherwise. */
  saidGood: boolean;
  latest: Notice;
  /** When it has changed to what it is now, in ms since the epoch. */
  since: number;
  /** Changes since it was last logged. */
  unsaid: number;
  /** When each of the two was logged in the last interval, in ms. */
  readonly logged: { good: readonly number[]; bad: readonly number[] };
  timer: NodeJS.Timeout | undefined;
  /** It has been this for a while when it is said. */
  isLate: boolean;
}

export class Notices {
  readonly #log: Logger;
  readonly #every_ms: number;
  readonly #repeats: Repeats;
  /** By name; there are a few. */
  readonly #crowds = new Map<string, CrowdRepeats>();
  readonly #states = new Map<string, State>();

  constructor(log: Logger, every_ms = EVERY_MS) {
    this.#log = log;
    this.#every_ms = every_ms;
    this.#repeats = new Repeats(every_ms);
  }

  /** Takes a record of an actor: a notice goes to `tell`, another record is logged as it is. */
  write(record: LogRecord | Notice): void {
    if ('topic' in record) this.tell(record);
    else this.#log[record.level](record.fields, record.message);
  }

  /** Logs a notice now, later, or not at all. */
  tell(notice: Notice): void {
    if (notice.good === undefined) {
      const left_out = this.#repeatsOf(notice.crowd).due(notice.topic, performance.now(), notice.left_out);
      if (left_out !== undefined) this.#say(notice, left_out);
    } else if (notice.ends === true) this.#ended(notice);
    else this.#changed(notice, notice.good);
  }

  /** The next state under its topic is said at once. */
  #ended(notice: Notice): void {
    const state = this.#states.get(notice.topic);
    if (state === undefined) return;
    clearTimeout(state.timer);
    this.#states.delete(notice.topic);
    if (!state.saidGood) this.#say(notice, state.unsaid);
  }

  #repeatsOf(crowd: string | undefined): Pick<Repeats, 'due'> {
    if (crowd === undefined) return this.#repeats;
    const known = this.#crowds.get(crowd) ?? new CrowdRepeats(this.#every_ms);
    this.#crowds.set(crowd, known);
    return known;
  }

  #say({ level, fields, message }: Notice, left_out: number): void {
    this.#log[level](left_out > 0 ? { ...fields, left_out } : fields, message);
  }

  #changed(notice: Notice, good: boolean): void {
    const { topic } = notice;
    const known = this.#states.get(topic);
    if (known === undefined && good) return;
    const state = known ?? {
      ...{ saidGood: true, latest: { ...notice, good: true }, since: 0, unsaid: 0 },
      ...{ logged: { good: [], bad: [] }, timer: undefined, isLate: false },
    };
    this.#states.set(topic, state);
    const isChange = state.latest.good !== good;
    // The cause may be another one by now.
    state.latest = notice;
    if (!isChange) return;
    state.since = Date.now();
    state.unsaid += 1;
    this.#settle(state);
  }

  /** Logs the state if it differs from what was last logged: now, or when it may be logged again. */
  #settle(state: State): void {
    clearTimeout(state.timer);
    state.timer = undefined;
    const { latest, logged } = state;
    const isGood = latest.good === true;
    if (isGood === state.saidGood) {
      state.isLate = false;
      return;
    }
    const kind = isGood ? 'good' : 'bad';
    const now = performance.now();
    const last = logged[kind].filter((at) => now - at < this.#every_ms);
    const [first] = last;
    if (first !== undefined && last.length >= (latest.burst ?? 1)) {
      state.timer = setTimeout(() => this.#settle(state), first + this.#every_ms - now).unref();
      state.isLate = true;
      return;
    }
    const since = state.isLate ? { since: new Date(state.since).toISOString() } : {};
    this.#say({ ...latest, fields: { ...latest.fields, ...since } }, state.unsaid - 1);
    state.isLate = false;
    state.saidGood = isGood;
    state.unsaid = 0;
    logged[kind] = [...last, now];
  }

  /** The states that are bad now, also those that have not been logged yet. There are as many at most as lines and servers. */
  get troubles(): readonly Trouble[] {
    return [...this.#states.values()]
      .filter(({ latest }) => latest.good === false)
      .map(({ latest: { topic, level, message, fields }, since }) => ({
        ...{ topic, level, message, fields },
        since: new Date(since).toISOString(),
      }));
  }

  close(): void {
    for (const { timer } of this.#states.values()) clearTimeout(timer);
    this.#states.clear();
  }
}
