// Asks the engine what other gateways know of destinations that connection actors meet for the first time. A hint is of use only at
// once: what waits for longer than that is dropped, and what is not known is not asked for again for some seconds.
import { LRUCache } from 'lru-cache';
import { idOf, routeKeys, type Slot } from '../../../protocol/share/keys.js';
import type { LineIds } from '../../../protocol/share/line-ids.js';
import { isShared } from '../../../protocol/share/own-route.js';
import { type FoundRoute, openRoute } from '../../../protocol/share/route-value.js';
import { vote } from '../../../protocol/share/vote.js';
import type { ForeignHint, HintsTold } from '../../../threads/contracts/share.js';
import type { Command, Reply } from '../engine/engine.js';
import type { Site } from '../shared/site.js';

/** A question that had to wait for longer, since too much was under way, is dropped. */
export const SENT_WITHIN_MS = 5;
/** Connections do not wait for an answer, but a lookup of their names may take as long. */
const ANSWERED_WITHIN_MS = 250;
/** Destinations in one pipeline, which has 193 commands then. */
const BATCH = 48;
/** Pipelines under way. */
const BATCHES_MAX = 4;
/** Destinations that wait for their pipeline. */
const WAITING_MAX = 1024;
/** What was found, or not found, holds for this long: several connection actors meet a destination within moments. */
const RECENT_MS = 5000;
const RECENT_MAX = 4096;

export interface PullCounts {
  /** Destinations that connection actors have asked for and that may be shared. */
  asked: number;
  /** Of these: those that somebody knew, those that nobody did, and those of which that was known without a question. */
  found: number;
  missed: number;
  missedKnown: number;
  /** Those that were not sent in time, and those for which the engine had no answer in time. */
  dropped: number;
  unanswered: number;
  /** Values that no gateway of the site has written there, or that are damaged. */
  refused: number;
}

interface Recent {
  readonly hint: ForeignHint | undefined;
  readonly at: number;
}

interface Question {
  readonly destination: string;
  readonly actors: Set<number>;
  readonly since: number;
  /** Whether too much was under way when it would have been sent. */
  waited: boolean;
}

export interface PullParts {
  readonly site: Pick<Site, 'secrets' | 'engine' | 'gateway'>;
  readonly counts: PullCounts;
  /** In ms, monotonic. */
  readonly now: () => number;
  readonly tell: (actor: number, hints: HintsTold) => void;
  /** What the slots of a destination have. */
  readonly found: (destination: string, slots: readonly (FoundRoute | undefined)[]) => void;
}

export class RoutePuller {
  readonly #parts: PullParts;
  readonly #recent: LRUCache<string, Recent>;
  /** By destination, the one that has waited longest first. */
  readonly #waiting = new Map<string, Question>();
  readonly #underWay = new Map<string, Question>();
  /** Undefined until they are set. */
  #lines: LineIds | undefined;
  #batches = 0;
  #sending: NodeJS.Immediate | undefined;
  #isClosed = false;

  constructor(parts: PullParts) {
    this.#parts = parts;
    const { now } = parts;
    this.#recent = new LRUCache({ max: RECENT_MAX, ttl: RECENT_MS, ttlResolution: 0, perf: { now } });
  }

  /** A connection actor meets these destinations for the first time. */
  ask(actor: number, destinations: readonly string[]): void {
    const { counts, now, tell, site } = this.#parts;
    const known: ForeignHint[] = [];
    for (const destination of destinations) {
      if (!isShared(destination)) continue;
      counts.asked += 1;
      const recent = this.#recent.get(destination);
      const pending = this.#underWay.get(destination) ?? this.#waiting.get(destination);
      if (recent !== undefined) {
        const { hint, at } = recent;
        counts[hint === undefined ? 'missedKnown' : 'found'] += 1;
        if (hint !== undefined) known.push({ ...hint, age_ms: hint.age_ms + (now() - at) });
      } else if (pending !== undefined) pending.actors.add(actor);
      else if (!site.engine.isUp || this.#waiting.size >= WAITING_MAX) counts.dropped += 1;
      else this.#waiting.set(destination, { destination, actors: new Set([actor]), since: now(), waited: false });
    }
    if (known.length > 0) tell(actor, known);
    // What all actors ask in one turn of the loop goes together.
    if (this.#waiting.size > 0) this.#sending ??= setImmediate(() => this.#send());
  }

  /** What was found names lines by their numbers. */
  setLines(lines: LineIds): void {
    this.#lines = lines;
    this.#recent.clear();
  }

  close(): void {
    this.#isClosed = true;
    clearImmediate(this.#sending);
    this.#waiting.clear();
    this.#recent.clear();
  }

  #send(): void {
    this.#sending = undefined;
    while (this.#batches < BATCHES_MAX) {
      const batch = this.#next();
      if (batch.length === 0) return;
      void this.#pull(batch);
    }
    for (const question of this.#waiting.values()) question.waited = true;
  }

  #next(): readonly Question[] {
    const { counts, now } = this.#parts;
    const batch: Question[] = [];
    for (const [destination, question] of this.#waiting) {
      if (batch.length >= BATCH) break;
      this.#waiting.delete(destination);
      if (question.waited && now() - question.since > SENT_WITHIN_MS) counts.dropped += question.actors.size;
      else batch.push(question);
    }
    return batch;
  }

  async #pull(batch: readonly Question[]): Promise<void> {
    const { site, counts } = this.#parts;
    const { secrets, engine } = site;
    this.#batches += 1;
    for (const one of batch) this.#underWay.set(one.destination, one);
    const keys = batch.flatMap(({ destination }) => routeKeys(secrets.site, idOf(secrets, destination)));
    const ages = keys.map((key): Command => ['PTTL', key]);
    const replies = await engine.ask([['MGET', ...keys], ...ages], ANSWERED_WITHIN_MS);
    this.#batches -= 1;
    for (const { destination } of batch) this.#underWay.delete(destination);
    if (this.#isClosed) return;
    const values = replies?.[0];
    if (Array.isArray(values)) this.#hear(batch, keys, values, replies?.slice(1) ?? []);
    else for (const { actors } of batch) counts.unanswered += actors.size;
    if (this.#waiting.size > 0) this.#send();
  }

  #hear(batch: readonly Question[], keys: readonly string[], values: readonly Reply[], ages: readonly Reply[]): void {
    const { counts, now, tell } = this.#parts;
    const slots = keys.length / batch.length;
    const told = new Map<number, ForeignHint[]>();
    for (const [place, { destination, actors }] of batch.entries()) {
      const begin = place * slots;
      const found = keys.slice(begin, begin + slots).map((key, slot) => {
        return this.#open(key, slot as Slot, values[begin + slot], ages[begin + slot]);
      });
      const hint = this.#hintOf(destination, found);
      this.#recent.set(destination, { hint, at: now() });
      counts[hint === undefined ? 'missed' : 'found'] += actors.size;
      if (hint === undefined) continue;
      for (const actor of actors) told.set(actor, [...(told.get(actor) ?? []), hint]);
    }
    for (const [actor, hints] of told) tell(actor, hints);
  }

  #open(key: string, slot: Slot, value: Reply | undefined, left_ms: Reply | undefined): FoundRoute | undefined {
    if (!Buffer.isBuffer(value) || typeof left_ms !== 'number') return undefined;
    const found = openRoute(this.#parts.site.secrets, key, slot, value, left_ms);
    // It may have ended between the two commands.
    if (found === undefined && left_ms !== -2) this.#parts.counts.refused += 1;
    return found;
  }

  #hintOf(destination: string, slots: readonly (FoundRoute | undefined)[]): ForeignHint | undefined {
    this.#parts.found(destination, slots);
    // What this gateway has said itself, before a restart, is no other's word, but as good as one.
    const said = vote(slots, (id) => this.#lines?.numberOf(id));
    return said === undefined ? undefined : { destination, ...said };
  }
}
