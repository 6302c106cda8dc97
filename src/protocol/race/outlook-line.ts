// What speaks for or against a line, whatever the destination. Pure.
import type { Asked } from './outlook-asked.js';
import type { Reason } from './outlook-reason.js';
import { rounded } from './outlook-times.js';

export function reasonsOfLine(line: number, { lines, kept, health }: Asked, now: number): Reason[] {
  const reasons: Reason[] = [];
  if (kept === line) reasons.push({ kind: 'kept' });
  else if (kept !== undefined)
    reasons.push({ kind: 'another-is-kept', line: lines.find(({ number }) => number === kept)?.name ?? '' });
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
  if (budgets > 0) reasons.push({ kind: 'budget-spent', budgets });
  if (health.answersEarly(line, now)) reasons.push({ kind: 'answers-early' });
  return reasons;
}
