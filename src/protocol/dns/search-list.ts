// Which names are asked for a name that is not absolute, in which order, and when one is the last: resolv.conf(5), `search`
// and `ndots`, as glibc's res_search has it. It asks nothing.
import { normaliseName, withoutDot } from '../address/host-name.js';
import type { ResolvConf } from './resolv-conf.js';

/** Other names for those without a dot: HOSTALIASES of hostname(7). */
type Aliases = ReadonlyMap<string, string>;

export interface SearchPlan {
  /** In turn, until one has addresses. */
  readonly names: readonly string[];
  /** Where the name itself is among them; -1 for nowhere. */
  readonly asItIs: number;
}

/** What asking one of the names came to, for the families together. */
export type SearchStep = 'none' | 'server-failure' | 'failed';

type Searching = Pick<ResolvConf, 'search' | 'ndots' | 'asksTopLevel'>;

/** Takes a normalised name. An alias of an alias is asked as it is. */
export function planSearch(name: string, searching: Searching, aliases: Aliases = new Map()): SearchPlan {
  const alias = aliases.get(name);
  if (alias === undefined) return listed(name, searching);
  const further = aliases.get(alias);
  return further === undefined && !alias.endsWith('.') ? listed(alias, searching) : absolutePlan(further ?? alias);
}

function listed(name: string, { search, ndots, asksTopLevel }: Searching): SearchPlan {
  const dots = name.split('.').length - 1;
  const names = dots >= ndots ? [name] : [];
  for (const domain of search) {
    const joined = domain === '' ? name : normaliseName(`${name}.${domain}`);
    // Too long: glibc goes no further either.
    if (joined === undefined) break;
    if (!names.includes(joined)) names.push(joined);
  }
  if (!names.includes(name) && (dots > 0 || asksTopLevel || names.length === 0)) names.push(name);
  return { names, asItIs: names.indexOf(name) };
}

/** No search at all: for an absolute name, with or without its dot. */
export function absolutePlan(asked: string): SearchPlan {
  return { names: [withoutDot(asked)], asItIs: 0 };
}

/**
 * The place after `place`, of which nothing came; undefined at the end. A domain that is silent or refuses ends the list,
 * not the search: the name itself is still tried.
 */
export function nextPlace({ names, asItIs }: SearchPlan, place: number, step: SearchStep): number | undefined {
  if (step === 'failed' && place !== asItIs) return asItIs > place ? asItIs : undefined;
  return place + 1 < names.length ? place + 1 : undefined;
}

/**
 * Of all that nothing came of, the place that is told: the name itself where it was the first, else one of which it is
 * known that there is nothing, or that a server failed, else the last.
 */
export function toldPlace({ asItIs }: SearchPlan, steps: readonly (SearchStep | 'nodata')[]): number {
  if (asItIs === 0) return 0;
  const nodata = steps.indexOf('nodata');
  if (nodata >= 0) return nodata;
  const failure = steps.indexOf('server-failure');
  return failure >= 0 ? failure : steps.length - 1;
}
