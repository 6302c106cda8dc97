// For which client `tcproute explain` asks: what the command line says of it, as rules see a client.
import { formatIp, parseIp } from '../../../protocol/address/address.js';
import type { Options } from '../../../protocol/options.js';
import { UNIX } from '../../../protocol/rules/clients.js';
import type { Client } from '../../../protocol/users/client.js';
import type { UserEntry, UsersOptions } from '../../../protocol/users/user-entry.js';
import type { AskedFor } from '../../../threads/contracts/connection.js';

/** Texts of the command line, which have been checked for themselves; undefined for what is not given. */
export interface ClientTexts {
  readonly client: string | undefined;
  readonly user: string | undefined;
  readonly tag: string | undefined;
  readonly listener: string | undefined;
}

/** A client, and the numbers of the lines that it may use; undefined for all. */
export interface As {
  readonly client: Client;
  readonly lines: readonly number[] | undefined;
  /** The name of the client's listener. */
  readonly listener: string;
}

export type AskedClient =
  /** `as`: undefined where nothing is said of the client. */
  { readonly code: 'asked'; readonly as: As | undefined } | { readonly code: 'wrong'; readonly reason: string };

const LOOPBACK = Uint8Array.of(127, 0, 0, 1);

/** `listeners`: their names, by number. `users`: those of the configuration; undefined where none are set. */
export function clientAsked(
  { client, user, tag, listener }: ClientTexts,
  listeners: readonly string[],
  users: UsersOptions | undefined,
): AskedClient {
  if ([client, user, tag, listener].every((text) => text === undefined)) return { code: 'asked', as: undefined };
  const number = listener === undefined ? 0 : listeners.indexOf(listener);
  if (number < 0) {
    const reason = `--listener: ${JSON.stringify(listener)} is not the name of a listener; allowed: ${listeners.join(', ')}`;
    return { code: 'wrong', reason };
  }
  const known = user === undefined ? undefined : entryOf(user, users);
  if (user !== undefined && users !== undefined && known === undefined)
    return { code: 'wrong', reason: `--user: ${JSON.stringify(user)} is not the name of a user` };
  const ip = client === UNIX ? undefined : (parseIp(client ?? '') ?? LOOPBACK);
  return {
    code: 'asked',
    as: {
      client: { ip, user: user === undefined ? undefined : { name: user, tag }, listener: number },
      lines: known?.lines,
      listener: listeners[number],
    },
  };
}

/** The same by names, which mean the same in the gateway that runs. */
export function askedFor(
  { client: { ip, user }, lines: own, listener }: As,
  { lines }: Pick<Options, 'lines'>,
): AskedFor {
  return {
    ...{ ip: ip === undefined ? UNIX : formatIp(ip), user: user?.name, tag: user?.tag, listener },
    lines: own && lines.filter(({ number }) => own.includes(number)).map(({ name }) => name),
  };
}

function entryOf(name: string, users: UsersOptions | undefined): UserEntry | undefined {
  return [...(users?.inline ?? []), ...(users?.file?.users ?? [])].find((user) => user.name === name);
}
