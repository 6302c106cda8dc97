// Whether two configurations resolve names alike: if not, a reload needs another DNS actor; and whether what the earlier one has
// answered holds on.
import { isDeepStrictEqual } from 'node:util';
import type { Options } from '../../protocol/options.js';

export const resolvesAlike = (one: Options, other: Options): boolean =>
  isDeepStrictEqual(resolving(one), resolving(other));

/** Bounds of memory and time, and where evidence is kept, change no answer. */
export function answersHold(one: Options, other: Options): boolean {
  const { timeout_ms, entries_max, lookups_max, state_file } = other.dns;
  return resolvesAlike({ ...one, dns: { ...one.dns, timeout_ms, entries_max, lookups_max, state_file } }, other);
}

/** Lines count too: servers are asked through them, and what is direct decides what is probed. */
function resolving({ nameservers, nameservers_backup, hosts, blacklist, dns, lines }: Options): object {
  const areAskedByLines = [...nameservers, ...nameservers_backup].some(({ via }) => via !== undefined);
  return {
    ...{ nameservers, nameservers_backup, hosts, blacklist, dns },
    lines: areAskedByLines ? lines : lines.some(({ isDirect }) => isDirect),
  };
}
