// What an operator has set in the gateway that runs holds for the race of `tcproute explain`, too: a line that is paused there is not
// dialled here.
import type { Gateway } from '../../gateway/running.js';
import type { Before } from './before.js';

const AWAY: readonly string[] = ['paused', 'pinned-elsewhere'];

export async function steerAlike(
  gateway: Pick<Gateway, 'steer'>,
  { outlook, outlook_of }: Pick<Before, 'outlook' | 'outlook_of'>,
): Promise<void> {
  if (outlook === undefined || outlook_of !== 'running') return;
  for (const { line, why } of outlook.lines)
    if (why.some(({ kind }) => AWAY.includes(kind))) await gateway.steer({ kind: 'pause', line });
}
