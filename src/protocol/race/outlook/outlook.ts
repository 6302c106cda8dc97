// What a race that began now would do with each line and address, and why: for `tcproute explain`. It decides nothing. What is
// decided comes from the race's own functions (the choice of the lead, what the plan is offered, the health of lines), and
// this file finds the reasons by asking the same values that they ask. Pure; times are in ms, and relative to now.
import { formatIp } from '../../address/address.js';
import { type Candidate, sameCandidate } from '../../lines/candidate.js';
import type { Preference } from '../../lines/preference.js';
import { reasonsOfAddress } from './address.js';
import type { Asked, AskedLine } from './asked.js';
import { reasonsOfLine } from './line.js';
import type { Reason, Turn } from './reason.js';
import { rounded, since } from './times.js';

const TURNS: readonly Turn[] = ['first', 'others', 'last', 'never'];

/** What is remembered of an address of a line for this destination; undefined for what has not been measured. */
export interface AddressOutlook {
  readonly address: string;
  readonly turn: Turn;
  /** When it would start if none that started before had come to anything; undefined for what is `last` or `never`. */
  readonly starts_ms: number | undefined;
  readonly why: readonly Reason[];
  readonly connect_ms: number | undefined;
  readonly first_byte_ms: number | undefined;
  /** When it last worked. */
  readonly worked_ms: number | undefined;
}

export interface LineOutlook extends Preference {
  readonly line: string;
  /** With what spent budgets add to it. */
  readonly tier: number;
  readonly turn: Turn;
  readonly why: readonly Reason[];
  readonly addresses: readonly AddressOutlook[];
}

export interface Outlook {
  /** How long the one that goes first may take before the others start; undefined where nothing goes first. */
  readonly alone_ms: number | undefined;
  /** The time between two starts of the others; 0: all at once. */
  readonly stagger_ms: number;
  /** In the order of their turns. */
  readonly lines: readonly LineOutlook[];
}

export function outlookOf(asked: Asked, now: number): Outlook {
  const { schedule, stagger_ms } = asked;
  const lines = asked.lines.map((line) => lineOutlook(line, asked, now));
  const alone_ms = schedule.alone_ms && rounded(schedule.alone_ms);
  return { alone_ms, stagger_ms, lines: inOrder(lines, ({ addresses: [first] }) => first?.starts_ms) };
}

/** By their turns, and then by their starts. */
function inOrder<One extends { readonly turn: Turn }>(
  all: readonly One[],
  startOf: (one: One) => number | undefined,
): One[] {
  const turn = (one: One): number => TURNS.indexOf(one.turn);
  return [...all].sort((a, b) => turn(a) - turn(b) || (startOf(a) ?? 0) - (startOf(b) ?? 0));
}

function lineOutlook(line: AskedLine, asked: Asked, now: number): LineOutlook {
  const { number, name, cost_ms, weight, barred } = line;
  const { schedule, lastResort, leftOut, lead, memory, preferences } = asked;
  const tier = preferences?.tierOf(number) ?? line.tier;
  const named = { line: name, tier, cost_ms, weight };
  if (barred !== undefined) return { ...named, turn: 'never', why: [barred], addresses: [] };
  const offered = [...(lead === undefined ? [] : [lead]), ...schedule.starts.map(({ candidate }) => candidate)];
  const all = [...offered, ...lastResort, ...leftOut.map(({ candidate }) => candidate), ...(memory?.candidates ?? [])];
  const own = all.filter((one, place) => one.line === number && isFirst(one, place, all));
  const addresses = inOrder(
    own.map((candidate) => addressOutlook(candidate, asked, now)),
    ({ starts_ms }) => starts_ms,
  );
  return { ...named, turn: addresses[0]?.turn ?? 'never', why: reasonsOfLine(number, asked, now), addresses };
}

const isFirst = (one: Candidate, place: number, all: readonly Candidate[]): boolean =>
  all.findIndex((other) => sameCandidate(one, other)) === place;

function addressOutlook(candidate: Candidate, asked: Asked, now: number): AddressOutlook {
  const known = asked.memory?.find(candidate);
  return {
    address: formatIp(candidate.ip),
    ...turnOf(candidate, asked),
    why: reasonsOfAddress(candidate, known, asked, now),
    connect_ms: known && measured(known.connect),
    first_byte_ms: known && measured(known.firstByte),
    worked_ms: known && since(known.worked, now),
  };
}

const measured = ({ mean, samples }: { mean: number; samples: number }): number | undefined =>
  samples === 0 ? undefined : rounded(mean);

/** Whether and when it starts. */
function turnOf(
  candidate: Candidate,
  { lead, schedule, lastResort }: Asked,
): Pick<AddressOutlook, 'turn' | 'starts_ms'> {
  if (lead !== undefined && sameCandidate(lead, candidate)) return { turn: 'first', starts_ms: 0 };
  const start = schedule.starts.find((one) => sameCandidate(one.candidate, candidate));
  if (start !== undefined) return { turn: 'others', starts_ms: rounded(start.at_ms) };
  const isLast = lastResort.some((one) => sameCandidate(one, candidate));
  return { turn: isLast ? 'last' : 'never', starts_ms: undefined };
}
