// Which lines can carry datagrams, by their configuration: of all kinds of proxies only SOCKS5 has a command for them. Whether a
// proxy carries them in fact shows when it is asked (threads/shared/udp-lines.ts). Pure.
import type { Hop } from '../lines/line.js';

/** Whether datagrams may go over it at all. A direct line has no hops. */
export function mayCarryDatagrams({ hops }: { readonly hops: readonly Pick<Hop, 'kind'>[] }): boolean {
  return hops.every(({ kind }) => kind === 'socks5');
}
