// What rules say of the server that a QUIC client names in its ClientHello (SNI). The name can only take away from what the flow's
// destination may use: a client writes there what it likes, so no name gets around a rule for the address.
import { type Target, targetOfName } from '../../../../protocol/address/target.js';
import { type Failure, failureOf } from '../../../../protocol/race/failure.js';

/** What the flow's client may use for a target: the numbers of lines, or why there are none. */
export type Allowed = { readonly code: 'allowed'; readonly lines: readonly number[] } | Failure;

/**
 * Those of the flow's candidates that may be used for a server name, in their order, at least one; or why none may. Where the name
 * takes nothing away, the same array.
 */
export function allowedByName<Candidate extends { readonly line: { readonly number: number } }>(
  name: string,
  target: Target,
  candidates: readonly Candidate[],
  allowedFor: (target: Target) => Allowed,
): readonly Candidate[] | Failure {
  const named = targetOfName(name, target.port);
  // An address is no server name (RFC 6066 section 3).
  if (named === undefined || named.ip !== undefined || named.host === target.host) return candidates;
  const allowed = allowedFor(named);
  if (allowed.code !== 'allowed') return allowed;
  const { lines } = allowed;
  const left = candidates.filter(({ line }) => lines.includes(line.number));
  if (left.length === 0) return failureOf('kept-away', `the server name ${named.host} may use none of its lines`);
  return left.length === candidates.length ? candidates : left;
}
