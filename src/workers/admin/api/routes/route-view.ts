// What is remembered of a destination, as the API tells it. What is of lines that are gone is left out. Pure.
import type { Reason } from '../../../../protocol/race/outlook/reason.js';
import { reasonText } from '../../../../protocol/race/outlook/reason-text.js';
import type { CandidateState, EstimateState } from '../../../../protocol/routes/state.js';
import type { Steering } from '../../../../protocol/steering/steering.js';
import { shownMs } from '../../../../protocol/text/spans.js';
import type { RouteKnown, RouteSummary } from '../../../../threads/contracts/admin/routes.js';
import type { Candidate, Listed } from './schemas.js';

/** Undefined for a line that is gone. */
export type NameOf = (line: number) => string | undefined;

export function pinnedOf(destination: string, { pins }: Pick<Steering, 'pins'>, nameOf: NameOf): string | null {
  const pin = pins.find((one) => one.destination === destination);
  return (pin && nameOf(pin.line)) ?? null;
}

export function listed(summary: RouteSummary, steering: Pick<Steering, 'pins'>, nameOf: NameOf): Listed {
  const { destination, best, candidates, touched_age_ms, worked_age_ms } = summary;
  const line = best && nameOf(best.line);
  return {
    ...{ destination, pinned: pinnedOf(destination, steering, nameOf) },
    best: best === undefined || line === undefined ? null : { line, address: best.address },
    ...{ candidates, touched_age_ms, worked_age_ms },
  };
}

export function candidatesOf(known: RouteKnown, nameOf: NameOf): Candidate[] {
  const { state, why } = known;
  return state.candidates.flatMap((one, at) => {
    const line = nameOf(one.line);
    if (line === undefined) return [];
    return [
      {
        ...{ line, address: one.address, is_best: at === state.best },
        why: (why[at] ?? []).map((reason) => ({
          kind: reason.kind,
          text: reason.kind === 'best' ? `${reasonText(reason)}${comparedText(known, at, nameOf)}` : reasonText(reason),
        })),
        ...measured(one),
      },
    ];
  });
}

/** How the candidate at a place compares with the next that works. Dearer ones are not compared by their times alone. */
function comparedText({ state, why }: RouteKnown, at: number, nameOf: NameOf): string {
  const others = state.candidates.filter((_, place) => why[place]?.some(({ kind }) => COMPARED.has(kind)));
  const timed = others.filter(({ line, connect: [, , samples] }) => samples > 0 && nameOf(line) !== undefined);
  const [next] = timed.sort((one, other) => one.connect[0] - other.connect[0]);
  if (next === undefined) return others.length === 0 ? ': no other works' : '';
  const own = state.candidates[at] as CandidateState;
  return `: it connects in ${shownMs(own.connect[0])} ms, ${nameOf(next.line)} (${next.address}) in ${shownMs(next.connect[0])} ms`;
}

/** Of candidates that work, and do not lead. */
const COMPARED: ReadonlySet<Reason['kind']> = new Set(['not-better', 'dearer']);

function measured(one: CandidateState): Omit<Candidate, 'line' | 'address' | 'is_best' | 'why'> {
  const { successes, worked_age_ms, answered_age_ms, failed_age_ms, streak, pending, moved, rates } = one;
  return {
    connect: smoothed(one.connect),
    first_byte: smoothed(one.first_byte),
    ...{ successes, worked_age_ms, answered_age_ms, failed_age_ms, failures_in_a_row: streak },
    failures: one.failures.map(({ cause, count, age_ms }) => ({ cause, count, age_ms })),
    pending: pending && { cause: pending.cause, age_ms: pending.age_ms },
    moved: moved === undefined ? null : { to: moved.to, age_ms: moved.age_ms },
    up: rateOf(rates?.up),
    down: rateOf(rates?.down),
  };
}

const smoothed = ([mean_ms, deviation_ms, samples]: EstimateState): Candidate['connect'] =>
  samples === 0 ? null : { mean_ms, deviation_ms, samples };

function rateOf(rate: NonNullable<CandidateState['rates']>['up'] | undefined): Candidate['up'] {
  if (rate === undefined || rate === null) return null;
  const [bytes_per_s, samples, age_ms] = rate;
  return { bytes_per_s, samples, age_ms };
}
