// How many gateways of this kind a request has passed, as they tell each other where a circle is suspected: two gateways that are
// each other's line would pass a request to and fro without an end. Requests are not marked while all is well, so that proxies of
// other kinds see nothing unusual.
import { GATEWAY_NAME } from './gateway-name.js';

/** A request that has passed as many is refused. Chains that are meant are shorter. */
export const DEPTH_MAX = 8;

/** The name of a gateway in a Via field (RFC 9110 section 7.6.3). */
const VIA = `1.1 ${GATEWAY_NAME}`;

/** The value of a Via field that tells a depth: one entry for each gateway. */
export function viaOf(depth: number): string {
  return new Array<string>(depth).fill(VIA).join(', ');
}

/** A user id of SOCKS4 that tells a depth. It proves nothing anywhere: see inbound/socks4.ts. */
export function userIdOf(depth: number): string {
  return `${GATEWAY_NAME}/${depth}`;
}

/** The depth that a user id tells; 0 for any other user id. */
export function depthOfUserId(text: string): number {
  const depth = Number(/^tcproute\/(\d)$/.exec(text)?.[1] ?? 0);
  return depth <= DEPTH_MAX ? depth : 0;
}

/** The depth that Via fields tell. Entries of other proxies stand between, and do not count. */
export function depthOfVia(values: readonly string[]): number {
  let depth = 0;
  for (const value of values)
    for (const entry of value.split(',')) if (/^\s*1\.[01]\s+tcproute\s*$/i.test(entry)) depth += 1;
  return depth;
}
