// Writes the field Proxy-Status (RFC 9209), which says to programs why this proxy has no response.
import { GATEWAY_NAME } from '../gateway-name.js';

/** Bytes of one text in it, which may come from a proxy. */
const TEXT_MAX = 256;

/** `error`: a type of section 2.3. `nextHop`: the name of the line that failed. */
export function proxyStatus(error: string, details: string, nextHop: string | undefined): string {
  const hop = nextHop === undefined ? '' : `; next-hop=${quoted(nextHop)}`;
  return `Proxy-Status: ${GATEWAY_NAME}; error=${error}${hop}; details=${quoted(details)}`;
}

/** A string of RFC 8941 section 3.3.3, which has visible ASCII and spaces only. */
function quoted(text: string): string {
  const ascii = text.slice(0, TEXT_MAX).replace(/[^ -~]/g, '?');
  return `"${ascii.replace(/["\\]/g, '\\$&')}"`;
}
