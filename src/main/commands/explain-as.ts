// For which client `tcproute explain` asks: what the command line says of it, as rules see a client.
import { parseIp } from '../../protocol/address/address.js';
import { UNIX } from '../../protocol/rules/clients.js';
import type { Client } from '../../protocol/users/client.js';

/** Texts of the command line, which have been checked for themselves; undefined for what is not given. */
export interface ClientTexts {
  readonly client: string | undefined;
  readonly user: string | undefined;
  readonly tag: string | undefined;
  readonly listener: string | undefined;
}

export type AskedClient =
  /** `client`: undefined where nothing is said of it. */
  { readonly code: 'asked'; readonly client: Client | undefined } | { readonly code: 'wrong'; readonly reason: string };

const LOOPBACK = Uint8Array.of(127, 0, 0, 1);

/** `listeners`: their names, by number. */
export function clientAsked({ client, user, tag, listener }: ClientTexts, listeners: readonly string[]): AskedClient {
  if ([client, user, tag, listener].every((text) => text === undefined)) return { code: 'asked', client: undefined };
  const number = listener === undefined ? 0 : listeners.indexOf(listener);
  if (number < 0) {
    const reason = `--listener: ${JSON.stringify(listener)} is not the name of a listener; allowed: ${listeners.join(', ')}`;
    return { code: 'wrong', reason };
  }
  const ip = client === UNIX ? undefined : (parseIp(client ?? '') ?? LOOPBACK);
  return {
    code: 'asked',
    client: { ip, user: user === undefined ? undefined : { name: user, tag }, listener: number },
  };
}
