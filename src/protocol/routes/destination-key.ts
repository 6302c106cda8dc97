// By what key a destination is remembered: its host and port as they were asked for, or its site; behind the asker where what
// is remembered is for that one alone. No host, port or site has a blank in it.
import { formatEndpoint } from '../address/address.js';

/** `asker`: the client, user or tagged session that alone has the memory; undefined where it is for all. */
export function destinationKey(host: string, port: number, asker: string | undefined): string {
  const destination = formatEndpoint(host, port);
  return asker === undefined ? destination : `${asker} ${destination}`;
}

/** Of an asker's memory for all hosts and ports of a site. It differs from every `destinationKey` by having no port. */
export function siteKey(site: string, asker: string): string {
  return `${asker} [${site}]`;
}

/** The keys of what sites have of bulk transfers begin so. */
export const BULK = 'bulk[';

/** Of what all destinations of a site have of bulk transfers. */
export function bulkKey(site: string): string {
  return `${BULK}${site}]`;
}

/** The keys of what is remembered of datagrams begin so, behind the asker. */
const UDP = 'udp[';

/** As `destinationKey`, of datagrams: what a line makes of them says nothing of its connections, and the other way round. */
export function udpKey(host: string, port: number, asker: string | undefined): string {
  return udpOf(formatEndpoint(host, port), asker);
}

/** As `siteKey`, of datagrams. It differs from every `udpKey` by having no port. */
export function udpSiteKey(site: string, asker: string): string {
  return udpOf(site, asker);
}

function udpOf(destination: string, asker: string | undefined): string {
  return `${asker === undefined ? '' : `${asker} `}${UDP}${destination}]`;
}

/** Whether what is remembered is of datagrams. */
export function isUdp(key: string): boolean {
  return key.startsWith(UDP, key.lastIndexOf(' ') + 1);
}

/** Whether what is remembered is for one asker alone. */
export function isSticky(key: string): boolean {
  return key.includes(' ');
}

/** The host of a destination's key; undefined for what is remembered for one asker alone, or of a site. */
export function hostOf(key: string): string | undefined {
  if (isSticky(key) || key.endsWith(']')) return undefined;
  const host = key.slice(0, key.lastIndexOf(':'));
  return host.endsWith('.') ? host.slice(0, -1) : host;
}
