// A line that all gateways of a site use fails for a while, in virtual time: when each of them knows that, by its own eyes or by the
// word of others, and what the news cost. Who tells and who is believed is decided by protocol/share. A gateway finds out by
// itself after three lost connections, so that busy ones know it in a second, and quiet ones in minutes.
import { ForeignLines } from '../../../src/protocol/share/foreign-lines.js';
import { LinesTold } from '../../../src/protocol/share/lines-told.js';
import { Chance } from './chance.js';
import { LOOK_OCTETS, LOOK_REPLY, NEWS_REPLY, TELL_REPLY } from './octets.js';

/** A gateway looks for news, and tells its own, so often. */
const BEAT_MS = 1000;
/** So many losses, each known after this time, take a line down. */
const LOSSES = 3;
const LOST_AFTER_MS = 300;
const LINE = 0;
/** A gateway that knows by its own eyes that the line is down tries it so often, and tells others for so long after a loss. */
const TRIED_EACH_MS = 15_000;
const SEEN_MS = 30_000;
/** The model goes on in such steps. */
const STEP_MS = 100;
/** The site is watched for so long behind the outage. */
const AFTER_MS = 60_000;

export interface OutageParameters {
  readonly gateways: number;
  /** Connections a second over the line: the quietest gateway's and the busiest one's; the others are between. */
  readonly quiet: number;
  readonly busy: number;
  /** The part of connections that are first contacts. */
  readonly first: number;
  readonly outage_s: number;
  /** Whether gateways tell news, and whether they leave to others what those say already. */
  readonly news: 'none' | 'all' | 'few';
  readonly seed: number;
}

export const USUAL_OUTAGE: OutageParameters = {
  gateways: 10,
  quiet: 0.02,
  busy: 5,
  first: 0.17,
  outage_s: 60,
  news: 'few',
  seed: 1,
};

export interface OutageFigures {
  /** After which time half, nine of ten and all but one of a hundred gateways know it; Infinity where they do not. */
  readonly half_ms: number;
  readonly most_ms: number;
  readonly nearlyAll_ms: number;
  /** First contacts that began with the line while it was down. */
  readonly slow: number;
  readonly firstContacts: number;
  /** Messages that were told, and the most that one gateway read in a second. */
  readonly told: number;
  readonly readMax: number;
  /** Octets that the engine sent for news in all, and in the worst second. */
  readonly octets: number;
  readonly octetsMax: number;
  /** Until no gateway tries the line last any more for the word of others alone, behind the end of the outage. */
  readonly over_ms: number;
}

interface Gateway {
  readonly name: string;
  readonly told: LinesTold;
  readonly foreign: ForeignLines;
  /** Mean time between connections over the line. */
  readonly mean_ms: number;
  /** When the next one begins, and when own eyes have seen enough. */
  next: number;
  losses: number;
  lost: number;
  ownDown: number;
  /** When it first knew. */
  knew: number;
  /** The first beat, and how much of the news it has read. */
  readonly phase: number;
  read: number;
}

interface Message {
  readonly gateway: string;
  readonly kind: 'line-down' | 'line-up';
  readonly at: number;
}

export function runOutage(parameters: OutageParameters): OutageFigures {
  const { gateways, quiet, busy, first, outage_s, news, seed } = parameters;
  const chance = new Chance(seed);
  const site = Array.from({ length: gateways }, (_, n): Gateway => {
    const name = `gateway-${n}`;
    const share = gateways === 1 ? 1 : n / (gateways - 1);
    const mean_ms = 1000 / (quiet * (busy / quiet) ** share);
    return {
      ...{ name, told: new LinesTold(name, chance.next), foreign: new ForeignLines(), mean_ms },
      ...{
        next: chance.wait(mean_ms),
        losses: 0,
        lost: Number.NEGATIVE_INFINITY,
        ownDown: Number.POSITIVE_INFINITY,
        knew: Number.POSITIVE_INFINITY,
      },
      ...{ phase: Math.floor(chance.next() * BEAT_MS), read: 0 },
    };
  });
  const stream: Message[] = [];
  const end = outage_s * 1000;
  const octets = new Map<number, number>();
  const sum = { slow: 0, firstContacts: 0, told: 0, readMax: 0, over: end };

  const spend = (now: number, count: number): void => {
    const second = Math.floor(now / 1000);
    octets.set(second, (octets.get(second) ?? 0) + count);
  };
  const isKnown = (one: Gateway, now: number): boolean => now >= one.ownDown || one.foreign.isDown(LINE, now);

  function carry(one: Gateway, now: number): void {
    for (; one.next < now; one.next += chance.wait(one.mean_ms)) {
      if (one.next >= end) {
        one.ownDown = Number.POSITIVE_INFINITY;
        one.foreign.works(LINE, one.next, one.next);
        continue;
      }
      const isFirst = chance.next() < first;
      if (isFirst) sum.firstContacts += 1;
      // Foreign news are for first contacts only: what is remembered goes on with its line, and finds out.
      const isKept = isFirst && isKnown(one, one.next);
      const isTried = one.next >= one.ownDown && one.next - one.lost >= TRIED_EACH_MS;
      if ((isKept || one.next >= one.ownDown) && !isTried) continue;
      if (isFirst && !isTried) sum.slow += 1;
      one.losses += 1;
      one.lost = one.next;
      if (one.losses === LOSSES) one.ownDown = one.next + LOST_AFTER_MS;
    }
  }

  function beat(one: Gateway, now: number): void {
    const fresh = stream.slice(one.read);
    one.read = stream.length;
    spend(now, LOOK_REPLY + fresh.length * NEWS_REPLY);
    sum.readMax = Math.max(sum.readMax, fresh.length);
    for (const { gateway, kind, at } of fresh) {
      if (gateway === one.name) continue;
      if (kind === 'line-up') {
        one.foreign.up(gateway, LINE, now);
        one.told.heardUp(gateway, LINE);
      } else if (one.foreign.down(gateway, LINE, now - at, now) > 0 && news === 'few') {
        one.told.heard(gateway, LINE, now - at, now);
      }
    }
    one.told.see(LINE, now >= one.ownDown && now - one.lost <= SEEN_MS);
    for (const { kind } of one.told.due(now)) {
      stream.push({ gateway: one.name, kind, at: now });
      sum.told += 1;
      spend(now, TELL_REPLY);
    }
  }

  const byPhase = site.toSorted((one, other) => one.phase - other.phase);
  for (let now = 0; now < end + AFTER_MS; now += STEP_MS) {
    for (const one of byPhase) {
      carry(one, now);
      const isDue = one.phase >= now % BEAT_MS && one.phase < (now % BEAT_MS) + STEP_MS;
      if (isDue && news !== 'none') beat(one, now);
      if (!isKnown(one, now)) continue;
      one.knew = Math.min(one.knew, now);
      if (now >= end && now < one.ownDown) sum.over = now;
    }
  }
  const knew = site.map((one) => (one.knew < end ? one.knew : Number.POSITIVE_INFINITY)).sort((a, b) => a - b);
  const at = (part: number): number => knew[Math.ceil(part * gateways) - 1] ?? Number.POSITIVE_INFINITY;
  const spent = [...octets.values()];
  return {
    ...{ half_ms: at(0.5), most_ms: at(0.9), nearlyAll_ms: at(0.99), over_ms: sum.over - end },
    ...{ slow: sum.slow, firstContacts: sum.firstContacts, told: sum.told, readMax: sum.readMax },
    octets: spent.reduce((one, other) => one + other, 0),
    octetsMax: spent.reduce((one, other) => Math.max(one, other), 0),
  };
}

/** What a gateway asks of the engine each second where there are no news. */
export const LOOK = { roundTrips: 1, commands: 2, octets: LOOK_OCTETS } as const;
