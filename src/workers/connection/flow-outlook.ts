// What a flow of datagrams of some client would do now: asks the choice of flows, with the lines that this client may use.
import type { Target } from '../../protocol/address/target.js';
import type { FlowOutlook } from '../../protocol/udp/flow-outlook.js';
import type { Client } from '../../protocol/users/client.js';
import { type AllowedParts, allowedLines } from './allowed-lines.js';
import { type FlowOutlookParts, flowOutlook } from './udp/choice/outlook.js';

export type FlowOutlookForParts = AllowedParts & Omit<FlowOutlookParts, 'allowedFor'>;

/** No connection has this number. */
const NO_CONNECTION = -1;

/** `own`: the lines that the client may use, by number; undefined for all. */
export function flowOutlookFor(
  parts: FlowOutlookForParts,
  target: Target,
  client: Client,
  own: readonly number[] | undefined,
): Promise<FlowOutlook> {
  const asClient = { clients: { of: () => client, usualLines: own }, authenticator: { linesOf: () => own } };
  const allowedFor: FlowOutlookParts['allowedFor'] = (asked) =>
    allowedLines({ ...parts, ...asClient }, asked, NO_CONNECTION, client.user);
  return flowOutlook({ ...parts, allowedFor }, target, client, own);
}
