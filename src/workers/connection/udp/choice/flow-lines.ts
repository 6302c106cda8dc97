// Whether a flow may go to its destination, and over which lines: rules, users, egress, limits and what an operator has set hold
// for it as for a connection, and of the lines that are left only some carry datagrams. It orders nothing.
import { isMulticast } from '../../../../protocol/address/multicast.js';
import type { Target } from '../../../../protocol/address/target.js';
import { whyUnaskable } from '../../../../protocol/outbound/chain.js';
import { type Failure, failureOf, mostTelling } from '../../../../protocol/race/failure.js';
import type { Choice } from '../../../../protocol/rules/rule.js';
import { mayCarryDatagrams } from '../../../../protocol/udp/relays.js';
import type { Client } from '../../../../protocol/users/client.js';
import type { User } from '../../../../protocol/users/user.js';
import type { UdpLines } from '../../../../threads/shared/udp-lines.js';
import type { DialLine } from '../../shared/dialling/dial-lines.js';
import type { Egress } from '../../shared/dialling/egress.js';
import type { Asker } from './choice.js';

/** The parts of the actor's context that this needs. */
export interface FlowLinesParts {
  readonly lines: readonly DialLine[];
  readonly allLines: readonly number[];
  readonly egress: Pick<Egress, 'mayAskFor'>;
  /** Why a user may begin no further flow; undefined where it may. */
  readonly limits: { spentBy(user: User): Failure | undefined };
  readonly allowedFor: AllowedFor;
  readonly udpLines: Pick<UdpLines, 'relays'>;
}

/** What rules, users and operators leave for a target: see ../../allowed-lines.ts. */
export type AllowedFor = (
  target: Target,
  asker: Pick<Asker, 'connection' | 'user'>,
) => { readonly code: 'allowed'; readonly choice: Choice | undefined; readonly client: Client | undefined } | Failure;

export interface FlowLines {
  readonly code: 'allowed';
  /** At least one, by number, in the order of the configuration. */
  readonly lines: readonly number[];
  readonly choice: Choice | undefined;
  /** Whose flow it is, where rules or what is remembered need to know. */
  readonly client: Client | undefined;
}

const MULTICAST = failureOf('unspecified', 'an address of many hosts at a time');
const NO_COMMAND = failureOf('line-no-udp', 'its protocol has no command for datagrams');
const REFUSED = failureOf('line-no-udp', 'the proxy has said so before');

export function flowLines(
  parts: FlowLinesParts,
  target: Target,
  { connection, user, depth }: Asker,
): FlowLines | Failure {
  const spent = user && parts.limits.spentBy(user);
  if (spent !== undefined) return spent;
  const permission = parts.egress.mayAskFor(target, depth);
  if (permission.code !== 'allowed') return permission;
  if (target.ip !== undefined && isMulticast(target.ip)) return MULTICAST;
  const allowed = parts.allowedFor(target, { connection, user });
  if (allowed.code !== 'allowed') return allowed;
  const { choice, client } = allowed;
  const lines: number[] = [];
  let failure: Failure | undefined;
  for (const line of choice?.lines ?? parts.allLines) {
    const why = whyNot(parts, parts.lines[line], target);
    if (why === undefined) lines.push(line);
    else failure = mostTelling(failure, why);
  }
  return failure !== undefined && lines.length === 0 ? failure : { code: 'allowed', lines, choice, client };
}

/** Why a line does not carry datagrams to the target, as far as that is known before it is asked; undefined if it may. */
export function whyNot(
  { udpLines }: Pick<FlowLinesParts, 'udpLines'>,
  line: Pick<DialLine, 'number' | 'hops' | 'isDirect'>,
  { asked }: Target,
): Failure | undefined {
  if (line.isDirect) return undefined;
  if (!mayCarryDatagrams(line)) return NO_COMMAND;
  return udpLines.relays(line.number) === 'no' ? REFUSED : whyUnaskable(line.hops, asked);
}
