// Whether the client for which `tcproute explain` asks would be let in at all: what a listener says of it, in sentences. The race
// is run all the same. It judges no password.
import { formatIp } from '../../../protocol/address/address.js';
import { IpRanges } from '../../../protocol/address/ip-range.js';
import type { ListenOptions } from '../../../protocol/listen-options.js';
import type { Client } from '../../../protocol/users/client.js';

type Door = Pick<ListenOptions, 'allow_clients' | 'users'>;

/** `client`: undefined where nothing is said of it. `names`: those of the listeners, by number. */
export function whyNotLetIn(
  client: Client | undefined,
  listeners: readonly Door[],
  names: readonly string[],
): readonly string[] {
  if (client === undefined)
    return listeners.every(({ users }) => users)
      ? ['every listener refuses a client that names no user: ask for one by --user']
      : [];
  const { allow_clients, users } = listeners[client.listener];
  const name = names[client.listener];
  const reasons: string[] = [];
  if (client.ip !== undefined && !IpRanges.of(allow_clients).hasClient(client.ip))
    reasons.push(
      `the listener ${name} closes connections of ${formatIp(client.ip)}, which is not in its allow_clients`,
    );
  if (users && client.user === undefined)
    reasons.push(`the listener ${name} refuses a client that names no user: ask for one by --user`);
  return reasons;
}
