// Has main set what an operator wants of lines, and says in a sentence where that cannot be.
import type { NamedChange } from '../../../../protocol/steering/named.js';
import { PINS_MAX } from '../../../../protocol/steering/steering.js';
import { type Refusal, refused } from '../../endpoint/endpoint.js';
import { told } from '../../endpoint/told.js';
import type { AdminParts } from '../../shared/parts.js';

export type Outcome = { readonly code: 'steered'; readonly changed: boolean } | Refusal;

export const noSuchLine = (name: string): Refusal => refused(404, `there is no line ${JSON.stringify(name)}`);

/** `changed`: false where it was so before. */
export async function steer({ gateway }: Pick<AdminParts, 'gateway'>, what: NamedChange): Promise<Outcome> {
  const answer = await told('the main thread', gateway.steer(what));
  if (answer.code !== 'told') return answer;
  const line = 'line' in what ? what.line : '';
  const shown = JSON.stringify(line);
  switch (answer.value) {
    case 'changed':
      return { code: 'steered', changed: true };
    case 'unchanged':
      return { code: 'steered', changed: false };
    case 'no-such-line':
      return noSuchLine(line);
    case 'is-paused':
      return refused(409, `line ${shown} is paused: resume it before you pin to it`);
    case 'is-pinned':
      return refused(409, `connections are pinned to line ${shown}: unpin it before you pause it`);
    case 'too-many-pins':
      return refused(409, `there are ${PINS_MAX} pinned destinations already: unpin one before`);
    case undefined:
      return refused(503, 'the gateway is starting or stopping');
    default:
      return answer.value satisfies never;
  }
}
