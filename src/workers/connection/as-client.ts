// The client for whom an outlook is asked, where it is told by names: as rules see it, with the lines that it may use.
import { parseIp } from '../../protocol/address/address.js';
import type { Line } from '../../protocol/lines/line.js';
import { UNIX } from '../../protocol/rules/clients.js';
import type { Client } from '../../protocol/users/client.js';
import type { AskedFor } from '../../threads/contracts/connection.js';
import type { Clients } from './clients.js';

export interface AsClient {
  readonly client: Client;
  /** By number; undefined for all. */
  readonly lines: readonly number[] | undefined;
}

/** Without `as`: the usual client. A listener that is not known is the usual one. */
export function asClient(
  as: AskedFor | undefined,
  { usual, usualLines }: Pick<Clients, 'usual' | 'usualLines'>,
  lines: readonly Pick<Line, 'name' | 'number'>[],
  numberOf: (listener: string) => number | undefined,
): AsClient {
  if (as === undefined) return { client: usual, lines: usualLines };
  const own = as.lines;
  return {
    client: {
      ip: as.ip === UNIX ? undefined : (parseIp(as.ip ?? '') ?? usual.ip),
      user: as.user === undefined ? undefined : { name: as.user, tag: as.tag },
      listener: (as.listener === undefined ? undefined : numberOf(as.listener)) ?? usual.listener,
    },
    lines: own && lines.filter(({ name }) => own.includes(name)).map(({ number }) => number),
  };
}
