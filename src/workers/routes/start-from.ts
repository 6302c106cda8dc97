// Lets a gateway that starts know what another one remembers (`cache.start_from`): once, beside its work, within bounds of time and
// size. Whatever fails is said, and the gateway starts with what it knows itself.
import { setTimeout as wait } from 'node:timers/promises';
import { LineParts, type TakeLine } from '../../files/line-parts.js';
import { readLines } from '../../files/line-reader.js';
import type { Warn } from '../../files/state-file.js';
import type { Options } from '../../protocol/options.js';
import { ROUTES_OCTETS_MAX, RouteReader } from '../../protocol/routes/snapshot.js';
import { type StartPlace, startPlaceOf, startPlaceShown } from '../../protocol/routes/start-place.js';
import { memoryOf } from '../../protocol/routes/state.js';
import { fetchPieces } from './fetched.js';
import type { KnownLines } from './known-lines.js';
import type { Known, RouteMemory } from './route-memory.js';

/** For all of it. */
const WITHIN_MS = 30_000;
/** A gateway writes few snapshots at a time, and many may start from it at once. */
const AGAIN_MS = 500;

export interface StartFromParts {
  readonly cache: Options['cache'];
  readonly lines: KnownLines;
  readonly memory: Pick<RouteMemory, 'join'>;
  readonly warn: Warn;
  readonly inform: Warn;
}

/** What has been read of it: `why` is absent where it is whole. */
interface Taken {
  readonly routes: readonly Known[];
  readonly why: string | undefined;
}

/** Never rejects. `signal`: the gateway ends. */
export async function startFrom(parts: StartFromParts, ended: AbortSignal): Promise<void> {
  const place = startPlaceOf(parts.cache.start_from ?? '');
  if (place === undefined) return;
  const late = new AbortController();
  const deadline = setTimeout(() => late.abort(), WITHIN_MS);
  const signal = AbortSignal.any([ended, late.signal]);
  const { routes, why } = await taken(place, parts, signal);
  clearTimeout(deadline);
  if (ended.aborted) return;
  const name = startPlaceShown(place);
  if (why === undefined) {
    const joined = await parts.memory.join(routes, ended);
    parts.inform(`begins with ${joined} destinations that ${name} remembers`);
  } else {
    const reason = late.signal.aborted ? `takes more than ${WITHIN_MS / 1000} s` : why;
    parts.warn(`cache.start_from: ${name} ${reason}; the gateway starts with what it knows itself`);
  }
}

async function taken(place: StartPlace, parts: StartFromParts, signal: AbortSignal): Promise<Taken> {
  if (place.kind === 'file') return takenOfFile(place.path, parts, signal);
  const token = parts.cache.start_from_token_file?.token;
  for (;;) {
    let taking: Taking | undefined;
    const fetched = await fetchPieces(place, {
      ...{ token, signal },
      begins(date) {
        const begun = new Taking(parts, signal, date ?? Date.now());
        taking = begun;
        return (piece) => begun.add(piece);
      },
    });
    if (fetched.code === 'failed') return { routes: [], why: fetched.why };
    if (taking !== undefined) return taking.end();
    if (signal.aborted) return { routes: [], why: 'is busy' };
    await wait(AGAIN_MS, undefined, { signal }).catch(() => {});
  }
}

async function takenOfFile(path: string, parts: StartFromParts, signal: AbortSignal): Promise<Taken> {
  const taking = new Taking(parts, signal, Date.now());
  const read = await readLines(path, ROUTES_OCTETS_MAX, taking.take);
  if (read.kind === 'read') return taking.end();
  return { routes: [], why: read.kind === 'absent' ? `does not exist (${read.code})` : read.why };
}

/** Makes memories of a text. */
class Taking {
  readonly #reader: RouteReader;
  readonly #parts: LineParts;
  readonly #routes: Known[] = [];
  readonly take: TakeLine;
  #fault: string | undefined;

  /** `now`: what time it is where the text comes from, in ms since the epoch. */
  constructor({ cache, lines }: StartFromParts, signal: AbortSignal, now: number) {
    const { ttl_s, entries_max } = cache;
    const reader = new RouteReader(lines.all, { now, age_max_ms: ttl_s * 1000, entries_max, isForeign: true });
    const begun = performance.now();
    this.#reader = reader;
    this.take = (line, hasEnd) => {
      const state = reader.take(line, hasEnd);
      if (state !== undefined) this.#routes.push([state.destination, memoryOf(state, begun, lines.end)]);
      return reader.isWell && !signal.aborted;
    };
    this.#parts = new LineParts(ROUTES_OCTETS_MAX, this.take);
  }

  /** Takes the next piece; false where no more is wanted. */
  add(piece: Buffer): boolean {
    const ended = this.#parts.add(piece);
    if (ended?.kind === 'unusable') this.#fault = ended.why;
    return ended === undefined;
  }

  end(): Taken {
    this.#parts.end();
    const fault = this.#reader.end();
    if (fault !== undefined || this.#fault !== undefined)
      return { routes: [], why: this.#fault ?? `is ignored: ${fault}` };
    const why = this.#reader.areLinesKnown ? undefined : 'knows no line by the name of one here';
    return { routes: this.#routes, why };
  }
}
