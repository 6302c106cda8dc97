// Tells the health of a line which addresses the name of its proxy has by now: a circuit that was opened by addresses which the
// name has left is closed, for all actors. It looks nothing up.
import { formatEndpoint, formatIp } from '../../../../protocol/address/address.js';
import type { LineHealth } from '../../../../protocol/lines/health/health.js';
import type { DialLine } from '../../shared/dialling/dial-lines.js';
import type { NameOutcome } from '../../shared/replicas/name-outcome.js';
import type { RoutesReplica } from '../../shared/replicas/routes.js';

export interface ProxyMoveParts {
  readonly health: Pick<LineHealth, 'mayHaveMoved' | 'proxyIsAt'>;
  readonly routes: Pick<RoutesReplica, 'tell'>;
}

/** A name with more addresses is no proxy that moves. */
const ADDRESSES_MAX = 64;

/** Takes what the name of the line's proxy has come to. */
export function noteProxyMove({ health, routes }: ProxyMoveParts, line: DialLine, outcome: NameOutcome): void {
  const { number, hops, isDirect } = line;
  if (isDirect || outcome.kind !== 'found' || outcome.proof === 'none' || !health.mayHaveMoved(number)) return;
  if (outcome.ips.length > ADDRESSES_MAX) return;
  const to = outcome.ips.map((ip) => formatEndpoint(formatIp(ip), hops[0].port));
  if (health.proxyIsAt(number, to, outcome.proof === 'all')) routes.tell({ kind: 'proxy-moved', line: number, to });
}
