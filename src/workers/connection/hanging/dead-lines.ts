// Ends sessions that hang because their line is dead, so that clients come back over another one: of a line that is doubted, or
// whose link is down or has just changed, it looks at the sessions every second. A session that waits for nothing is left alone, and so is one that
// moves, or whose peer may only be slow: see protocol/lines/health/session-silence.ts. While no line is doubted it does nothing.
import { Deadline, type DeadlineWheel } from '../../../protocol/deadline-wheel.js';
import type { LineHealth } from '../../../protocol/lines/health/health.js';
import { PATIENCE_MS } from '../../../protocol/lines/health/session-silence.js';
import type { RoutesReplica } from '../shared/replicas/routes.js';
import { Look, type LookParts, type Session, type Suspect } from './look.js';

/** The time between two looks; and once a line has been looked at for longer than CALM_AFTER_MS. */
const EVERY_MS = 1000;
const CALM_EVERY_MS = 4000;
const CALM_AFTER_MS = 30_000;
/** For how long a line is looked at after its link has changed: until it is clear which addresses are gone. */
const CHANGED_MS = PATIENCE_MS + 3 * EVERY_MS;
/** Sessions that are ended in one turn. */
const CUT_BATCH = 64;

export interface DeadLinesParts extends LookParts {
  readonly ticks: DeadlineWheel;
  readonly deadlines: DeadlineWheel;
  readonly health: Pick<LineHealth, 'isDead' | 'isLinkDown' | 'isDoubted' | 'doubtedSince' | 'works' | 'hangs'>;
  readonly routes: Pick<RoutesReplica, 'tell'>;
  /** Whether a line is direct; undefined for one that is no longer there. */
  readonly isDirect: (line: number) => boolean | undefined;
}

export class DeadLines {
  readonly #parts: DeadLinesParts;
  /** Lines that are looked at, and since when. */
  readonly #lines = new Map<number, number>();
  /** Until when lines are looked at whose link has changed. */
  readonly #changed = new Map<number, number>();
  readonly #deadline = new Deadline(() => this.#due());
  #isWaiting = false;
  #look: Look | undefined;
  /** What the last look has seen. */
  #seen: Look['seen'] = new Map();
  /** Sessions of the last look that are to be ended, with their look. */
  #cutting: { readonly look: Look; readonly sessions: Session[] } | undefined;
  /** Sessions that were ended and have not been told of, by line. */
  readonly #cut = new Map<number, number>();

  constructor(parts: DeadLinesParts) {
    this.#parts = parts;
  }

  /** Something speaks against a line, or its link is down. */
  doubts(line: number): void {
    const { engine, deadlines } = this.#parts;
    if (!this.#lines.has(line)) this.#lines.set(line, engine.now);
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    deadlines.set(this.#deadline, engine.now + EVERY_MS);
  }

  /** Its link is down, has come up, or has another address. */
  linkChanged(line: number): void {
    this.#changed.set(line, this.#parts.engine.now + CHANGED_MS);
    this.doubts(line);
  }

  #due(): void {
    if (this.#cutting !== undefined) this.#goOnCutting(this.#cutting);
    else {
      this.#look ??= new Look(this.#parts, this.#suspects(), this.#seen);
      if (this.#look.goOn()) this.#looked(this.#look);
    }
    this.#wait();
  }

  #wait(): void {
    const { engine, deadlines, ticks } = this.#parts;
    const { now } = engine;
    if (this.#look !== undefined || this.#cutting !== undefined) {
      // In a later turn.
      ticks.set(this.#deadline, now + 1);
      return;
    }
    for (const line of [...this.#lines.keys()]) {
      if (this.#isSuspect(line, now)) continue;
      this.#lines.delete(line);
      this.#changed.delete(line);
    }
    this.#isWaiting = this.#lines.size > 0;
    if (!this.#isWaiting) {
      this.#seen = new Map();
      return;
    }
    const isCalm = [...this.#lines.values()].every((since) => now - since > CALM_AFTER_MS);
    deadlines.set(this.#deadline, now + (isCalm ? CALM_EVERY_MS : EVERY_MS));
  }

  #isSuspect(line: number, now: number): boolean {
    const { health } = this.#parts;
    return health.isLinkDown(line) || health.isDoubted(line, now) || this.#hasChanged(line, now);
  }

  #hasChanged(line: number, now: number): boolean {
    return now < (this.#changed.get(line) ?? Number.NEGATIVE_INFINITY);
  }

  #suspects(): ReadonlyMap<number, Suspect> {
    const suspects = new Map<number, Suspect>();
    for (const line of this.#lines.keys()) {
      const suspect = this.#suspect(line);
      if (suspect !== undefined) suspects.set(line, suspect);
    }
    return suspects;
  }

  /** Undefined where a look at the sessions of the line is not worth while. */
  #suspect(line: number): Suspect | undefined {
    const { health, engine, isDirect } = this.#parts;
    const isLinkDown = health.isLinkDown(line);
    const isWanted =
      isLinkDown || health.doubtedSince(line, engine.now) !== undefined || this.#hasChanged(line, engine.now);
    return isWanted ? { isDirect: isDirect(line) ?? false, isLinkDown } : undefined;
  }

  /** A look is over: says what it has found of lines, and begins to end the sessions of those that are dead. */
  #looked(look: Look): void {
    const { health, routes, engine } = this.#parts;
    const { now } = engine;
    this.#look = undefined;
    this.#seen = look.seen;
    this.#tellOfLife(look);
    for (const { line, network, isGone } of look.hanging) {
      if (!isGone && health.hangs(line, network, now)) routes.tell({ kind: 'hangs', line, network });
    }
    const sessions = look.hanging.filter((session) => this.#mayEnd(session));
    if (sessions.length > 0) this.#cutting = { look, sessions };
  }

  #tellOfLife(look: Look): void {
    const { health, routes, engine } = this.#parts;
    for (const [line, { at, near }] of look.alive) {
      if (health.works(line, at, near)) routes.tell({ kind: 'works', line, near, ago_ms: engine.now - at });
    }
    look.alive.clear();
  }

  #mayEnd({ line, isGone }: Session): boolean {
    const { health, engine } = this.#parts;
    return isGone || health.isLinkDown(line) || health.isDead(line, engine.now);
  }

  #goOnCutting({ look, sessions }: { readonly look: Look; readonly sessions: Session[] }): void {
    for (const session of sessions.splice(0, CUT_BATCH)) this.#end(look, session);
    if (sessions.length > 0) return;
    this.#cutting = undefined;
    for (const [line, sessions] of this.#cut) this.#parts.routes.tell({ kind: 'cut', line, sessions });
    this.#cut.clear();
  }

  /** Between the look and now, the line may have come back, the session may have moved, or ended. */
  #end(look: Look, session: Session): void {
    const { carrier, line } = session;
    const suspect = this.#suspect(line);
    if (suspect === undefined || !this.#mayEnd(session)) return;
    if (!look.stillHangs(session, suspect)) {
      this.#tellOfLife(look);
      return;
    }
    carrier.cut('dead-line');
    this.#cut.set(line, (this.#cut.get(line) ?? 0) + 1);
  }
}
