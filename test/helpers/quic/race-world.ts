// Plays a race of QUIC in made-up time: lines whose networks answer, swallow, forge or bounce, and a client that repeats its flight.

import type { Entrant } from '../../../src/protocol/quic/race/entrant.js';
import { type EntrantOutcome, outcomeOf } from '../../../src/protocol/quic/race/outcome.js';
import { type Forwarding, QuicRace, type Verdict } from '../../../src/protocol/quic/race/race.js';
import type { ServerAnswer } from '../../../src/protocol/quic/server-answer.js';

/** How long the lines are listened to after the race, in ms. */
const LISTEN_MS = 3000;

/** `ms` after each flight that goes out over the line. */
export type Echo = readonly [ms: number, what: ServerAnswer | 'bounced' | 'failed'];

export interface LineParts {
  readonly late_ms?: number;
  /** How long its way is allowed to take, and takes, to open. */
  readonly opening_ms?: number;
  readonly opens_ms?: number;
  /** What comes back of a flight; nothing by default. */
  readonly echoes?: readonly Echo[];
  /** What comes back of a repetition, if that is something else. */
  readonly again?: readonly Echo[];
}

export interface Play {
  readonly lines: readonly LineParts[];
  readonly most?: number;
  /** When the client repeats its flight, as long as it has nothing. */
  readonly repeats?: readonly number[];
  /** When it sends what must reach one server only. */
  readonly others?: readonly number[];
}

export interface Played {
  /** The line that won, by what, and when. */
  readonly won: readonly [line: number, by: string, at: number] | undefined;
  readonly lostAt: number | undefined;
  /** When the flight or a repetition went out, by line. */
  readonly flights: readonly (readonly number[])[];
  readonly verdicts: readonly (readonly [line: number, answer: ServerAnswer, verdict: Verdict])[];
  readonly forwarded: readonly Forwarding[];
  /** By line, when the race was listened to for long enough; undefined for lines that took no part. */
  readonly outcomes: readonly (EntrantOutcome | undefined)[];
}

export function play({ lines, most = 4, repeats = [], others = [] }: Play): Played {
  const race = new QuicRace(most, 0);
  const events: { at: number; act: (now: number) => void }[] = [];
  const flights = lines.map((): number[] => []);
  const verdicts: [number, ServerAnswer, Verdict][] = [];
  const forwarded: Forwarding[] = [];
  let lostAt: number | undefined;
  let decidedAt: number | undefined;

  const echo = (entrant: Entrant, now: number, isFirst: boolean): void => {
    flights[entrant.line].push(now);
    const { echoes = [], again = echoes } = lines[entrant.line];
    for (const [ms, what] of isFirst ? echoes : again) {
      const act = (at: number): void => {
        if (what === 'bounced' || what === 'failed') race.failed(entrant, what, at);
        else
          verdicts.push([
            entrant.line,
            what,
            race.mayRead(entrant) ? race.came(entrant, what, at) : race.unread(entrant),
          ]);
      };
      events.push({ at: now + ms, act });
    }
  };
  const start = (now: number): void => {
    for (let entrant = race.take(now); entrant !== undefined; entrant = race.take(now)) {
      const begun = entrant;
      const act = (at: number): void => {
        race.sent(begun, at);
        echo(begun, at, true);
      };
      const opens_ms = lines[begun.line].opens_ms ?? 0;
      if (opens_ms === 0) act(now);
      else events.push({ at: now + opens_ms, act });
    }
  };
  for (const at of repeats) {
    const act = (now: number): void => {
      if (race.win !== undefined) return;
      forwarded.push(race.repeated(now));
      for (const entrant of race.entrants) {
        if (entrant.sent === undefined) continue;
        race.resent(entrant);
        echo(entrant, now, false);
      }
    };
    events.push({ at, act });
  }
  for (const at of others) events.push({ at, act: (now) => forwarded.push(race.goesOn(now)) });

  for (const [line, { late_ms = 250, opening_ms = 0 }] of lines.entries()) race.offer({ line, late_ms, opening_ms });
  race.allOffered(0);
  start(0);
  let now = 0;
  for (let steps = 0; ; steps += 1) {
    if (steps > 1000) throw new Error('the race never ends');
    if (race.isLost) lostAt ??= now;
    if (race.win !== undefined || race.isLost) decidedAt ??= now;
    events.sort((a, b) => a.at - b.at);
    const next = Math.min(events[0]?.at ?? Number.POSITIVE_INFINITY, race.wakeAt() ?? Number.POSITIVE_INFINITY);
    const end = decidedAt === undefined ? Number.POSITIVE_INFINITY : decidedAt + LISTEN_MS;
    if (next > end || next === Number.POSITIVE_INFINITY) {
      now = end;
      break;
    }
    now = next;
    while (events.length > 0 && events[0].at <= now) events.shift()?.act(now);
    start(now);
  }
  const { win } = race;
  const ofLine = (line: number) => race.entrants.find((entrant) => entrant.line === line);
  return {
    won: win === undefined ? undefined : [win.entrant.line, win.by, win.at],
    ...{ lostAt, flights, verdicts, forwarded },
    outcomes: lines.map((_, line) => {
      const entrant = ofLine(line);
      return entrant === undefined ? undefined : outcomeOf(race, entrant, now);
    }),
  };
}
