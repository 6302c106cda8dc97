// What a race that began now would do with each line and address, and why: for `tcproute explain`. It decides nothing. What is
// decided comes from the race's own functions (the choice of the lead, what the plan is offered, the health of lines), and
// this file finds the reasons by asking the same values that they ask. Pure; times are in ms, and relative to now.
import { formatIp } from '../address/address.js';
import { type Candidate, sameCandidate } from '../lines/candidate.js';
import type { Preference } from '../lines/preference.js';
import { reasonsOfAddress } from './outlook-address.js';
import type { Asked, AskedLine } from './outlook-asked.js';
import { reasonsOfLine } from './outlook-line.js';
import type { Reason, Turn } from './outlook-reason.js';
import { rounded, since } from './outlook-times.js';

const TURNS: readonly Turn[] = ['first', 'others', 'last', 'never'];

/** What is remembered of an address of a line for this destination; undefined for what has not been measured. */
export interface AddressOutlook {
  readonly address: string;
  readonly turn: Turn;
  readonly why: readonly Reason[];
  readonly connect_ms: number | undefined;
  readonly first_byte_ms: number | undefined;
  /** When it last worked. */
  readonly worked_ms: number | undefined;
}

export interface LineOutlook extends Preference {
  readonly line: string;
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
  const { lead, rules, patience_ms } = asked;
  const lines = asked.lines.map((line) => lineOutlook(line, asked, now));
  const alone_ms = lead && rounded(lead.connect.late(rules.margin_ms, rules.unknown_ms) + patience_ms);
  return { alone_ms, stagger_ms: rules.stagger_ms, lines: byTurn(lines) };
}

const byTurn = <One extends { readonly turn: Turn }>(all: readonly One[]): One[] =>
  [...all].sort((a, b) => TURNS.indexOf(a.turn) - TURNS.indexOf(b.turn));

function lineOutlook(line: AskedLine, asked: Asked, now: number): LineOutlook {
  const { number, name, tier, cost_ms, weight, barred } = line;
  const named = { line: name, tier, cost_ms, weight };
  if (barred !== undefined) return { ...named, turn: 'never', why: [{ kind: barred }], addresses: [] };
  const { offered, leftOut, memory } = asked;
  const known = memory?.candidates ?? [];
  const all = [...offered, ...leftOut].map(({ candidate }) => candidate);
  const forgotten = known.filter((one) => !all.some((other) => sameCandidate(one, other)));
  const own = [...all, ...forgotten].filter((one) => one.line === number);
  const addresses = byTurn(own.map((candidate) => addressOutlook(candidate, asked, now)));
  return { ...named, turn: addresses[0]?.turn ?? 'never', why: reasonsOfLine(number, asked, now), addresses };
}

function addressOutlook(candidate: Candidate, asked: Asked, now: number): AddressOutlook {
  const known = asked.memory?.find(candidate);
  return {
    address: formatIp(candidate.ip),
    turn: turnOf(candidate, asked),
    why: reasonsOfAddress(candidate, known, asked, now),
    connect_ms: known && measured(known.connect),
    first_byte_ms: known && measured(known.firstByte),
    worked_ms: known && since(known.worked, now),
  };
}

const measured = ({ mean, samples }: { mean: number; samples: number }): number | undefined =>
  samples === 0 ? undefined : rounded(mean);

function turnOf(candidate: Candidate, { lead, offered }: Asked): Turn {
  if (lead !== undefined && sameCandidate(lead, candidate)) return 'first';
  const offer = offered.find((one) => sameCandidate(one.candidate, candidate));
  if (offer === undefined) return 'never';
  return offer.isLast ? 'last' : 'others';
}
