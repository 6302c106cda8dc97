// Whether two configurations resolve names alike: if not, a reload needs another DNS actor.
import { isDeepStrictEqual } from 'node:util';
import type { Options } from '../../protocol/options.js';

export const resolvesAlike = (one: Options, other: Options): boolean =>
  isDeepStrictEqual(resolving(one), resolving(other));

/** Lines count too: servers are asked through them, and what is direct decides what is probed. */
function resolving({ nameservers, nameservers_backup, hosts, blacklist, dns, lines }: Options): object {
  const areAskedByLines = [...nameservers, ...nameservers_backup].some(({ via }) => via !== undefined);
  return {
    ...{ nameservers, nameservers_backup, hosts, blacklist, dns },
    lines: areAskedByLines ? lines : lines.some(({ isDirect }) => isDirect),
  };
}
