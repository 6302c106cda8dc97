// What speaks for or against a line, whatever the destination. Pure.
import type { Preferences } from '../../lines/preferences.js';
import type { Asked, Home } from './asked.js';
import type { Reason } from './reason.js';
import { rounded } from './times.js';

export function reasonsOfLine(line: number, asked: Asked, now: number): Reason[] {
  const { lines, pinned, kept, health, hint, told, rates } = asked;
  const reasons: Reason[] = [];
  if (pinned?.line === line) reasons.push({ kind: 'pinned', all: pinned.all });
  if (kept === line) reasons.push({ kind: 'kept' });
  else if (kept !== undefined)
    reasons.push({ kind: 'another-is-kept', line: lines.find(({ number }) => number === kept)?.name ?? '' });
  if (hint?.line === line)
    reasons.push({ kind: 'carries-neighbour', neighbour: hint.from, ago_ms: rounded(now - hint.worked) });
  if (told?.line === line) reasons.push({ kind: 'told-by-gateway', gateway: told.from, ago_ms: rounded(told.age_ms) });
  else if (told?.mute.includes(line)) reasons.push({ kind: 'mute-elsewhere', gateway: told.from });
  const by = asked.memory === undefined ? health.foreignDown(line, now) : undefined;
  if (by !== undefined) reasons.push({ kind: 'down-elsewhere', gateway: by });
  reasons.push(...reasonsOfCost(line, asked, now));
  const circuit = health.circuit(line, now);
  if (health.isLinkDown(line)) reasons.push({ kind: 'link-down' });
  else if (circuit !== undefined) {
    const { failures } = circuit;
    const for_ms = rounded(circuit.for_ms);
    reasons.push(
      health.mayUse(line, now) ? { kind: 'circuit-trial', failures } : { kind: 'circuit-open', failures, for_ms },
    );
  }
  if (health.isDead(line, now)) reasons.push({ kind: 'dead' });
  const budgets = health.spentBudgets(line);
  if (budgets > 0) reasons.push({ kind: 'budget-spent', budgets, tier: tierOf(line, asked) + budgets });
  const rate = rates?.measured.find((one) => one.line === line);
  if (rates !== undefined && rate !== undefined)
    reasons.push({ kind: 'carries', way: rates.way, bytes_s: Math.round(rate.bytes_s), ago_ms: rounded(rate.age_ms) });
  if (health.answersEarly(line, now)) reasons.push({ kind: 'answers-early' });
  return reasons;
}

/** Why a dearer line waits, and whether a cheaper one is tried. */
function reasonsOfCost(line: number, asked: Asked, now: number): Reason[] {
  const { preferences, lead, home } = asked;
  if (preferences === undefined) return heldByHint(line, asked);
  const held = heldBack(line, asked, preferences);
  if (home === undefined || lead === undefined || preferences.compare(line, lead.line) >= 0) return held;
  if (home.trial?.line === line) return [...held, { kind: 'home-trial-due' }];
  const for_ms = homeTrialIn(line, asked, home, now);
  return for_ms > 0 ? [...held, { kind: 'home-trial-later', for_ms: rounded(for_ms) }] : held;
}

/** The time until the line may be tried beside the lead: also one that is for when nothing else is left. 0 where that is not known. */
function homeTrialIn(line: number, { schedule, lastResort, memory, health }: Asked, home: Home, now: number): number {
  const all = [...schedule.starts.map(({ candidate }) => candidate), ...lastResort];
  const own = health.mayUse(line, now) ? all.filter((one) => one.line === line) : [];
  if (own.length === 0) return 0;
  const failing = own.map((one) => {
    const known = memory?.find(one);
    return known?.isFailing(now) ? known.failingUntil - now : 0;
  });
  return Math.max(home.waits_ms, Math.min(...failing));
}

const tierOf = (line: number, { lines }: Asked): number => lines.find(({ number }) => number === line)?.tier ?? 0;

/** Whether a line waits for the one that carries a neighbour, or of which another gateway tells. */
function heldByHint(line: number, { hint, told, isHeldBack, schedule: { starts } }: Asked): Reason[] {
  const begins = hint ?? told;
  const first = starts.find(({ candidate }) => candidate.line === line);
  if (begins?.line === line || first === undefined || first.at_ms === 0) return [];
  const starts_ms = rounded(first.at_ms);
  if (isHeldBack(first.candidate)) return [{ kind: 'held-back', by: 'warned', starts_ms }];
  if (begins === undefined) return [];
  return [{ kind: 'held-back', by: hint === undefined ? 'told' : 'hint', starts_ms }];
}

/** What holds back a line that would start later than others do. */
function heldBack(line: number, { schedule: { starts }, lead }: Asked, preferences: Preferences): Reason[] {
  const first = starts.find(({ candidate }) => candidate.line === line);
  if (first === undefined || lead?.line === line || first.at_ms <= starts[0].at_ms) return [];
  const others = [...(lead === undefined ? [] : [lead]), ...starts.map(({ candidate }) => candidate)];
  const tier = preferences.tierOf(line);
  const cost_ms = preferences.costOf(line);
  const mates = others.filter((one) => preferences.tierOf(one.line) === tier);
  const starts_ms = rounded(first.at_ms);
  if (others.some((one) => preferences.tierOf(one.line) < tier)) return [{ kind: 'held-back', by: 'tier', starts_ms }];
  if (mates.some((one) => preferences.costOf(one.line) < cost_ms))
    return [{ kind: 'held-back', by: 'cost', starts_ms }];
  return preferences.areSpread ? [{ kind: 'held-back', by: 'weight', starts_ms }] : [];
}
