// By what key a destination is remembered: its host and port as they were asked for, and behind the address of a client
// where what is remembered is for that client alone. A host has no blank in it.
import { formatEndpoint } from '../address/address.js';

/** `client`: its IP address as text; undefined where the memory is for all. */
export function destinationKey(host: string, port: number, client: string | undefined): string {
  const destination = formatEndpoint(host, port);
  return client === undefined ? destination : `${client} ${destination}`;
}

/** Whether what is remembered is for one client alone. */
export function isSticky(key: string): boolean {
  return key.includes(' ');
}
