// Applies the search list to a name that is not absolute: which names to ask, in which order, and when to stop. It follows
// `search` and `ndots` of resolv.conf(5) as glibc's res_search does. It asks no server.
import { normaliseName, withoutDot } from '../address/host-name.js';
import type { ResolvConf } from './resolv-conf.js';

/** Aliases for names without a dot: see host-aliases.ts. */
type Aliases = ReadonlyMap<string, string>;

export interface SearchPlan {
  /** To be asked one after another, until one has addresses. */
  readonly names: readonly string[];
  /** The place of the name itself among `names`; -1 when it is not asked. */
  readonly asItIs: number;
}

/** The outcome of asking for one of the names, for both address families together. */
export type SearchStep = 'none' | 'server-failure' | 'failed';

type Searching = Pick<ResolvConf, 'search' | 'ndots' | 'asksTopLevel'>;

/** `name` is normalised. An alias of an alias is asked as it is. */
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
    // The joined name is too long: glibc ends the list here too.
    if (joined === undefined) break;
    if (!names.includes(joined)) names.push(joined);
  }
  if (!names.includes(name) && (dots > 0 || asksTopLevel || names.length === 0)) names.push(name);
  return { names, asItIs: names.indexOf(name) };
}

/** The plan for an absolute name, with or without its final dot: no search. */
export function absolutePlan(asked: string): SearchPlan {
  return { names: [withoutDot(asked)], asItIs: 0 };
}

/**
 * The place to ask after `place`, which gave no address; undefined at the end. When a domain of the list is silent or
 * refuses, the rest of the list is skipped, but the name itself is still asked.
 */
export function nextPlace({ names, asItIs }: SearchPlan, place: number, step: SearchStep): number | undefined {
  if (step === 'failed' && place !== asItIs) return asItIs > place ? asItIs : undefined;
  return place + 1 < names.length ? place + 1 : undefined;
}

/**
 * The place whose outcome is reported when no name gave an address: the name itself if it was the first; else one with
 * NODATA; else one where a server failed; else the last.
 */
export function toldPlace({ asItIs }: SearchPlan, steps: readonly (SearchStep | 'nodata')[]): number {
  if (asItIs === 0) return 0;
  const nodata = steps.indexOf('nodata');
  if (nodata >= 0) return nodata;
  const failure = steps.indexOf('server-failure');
  return failure >= 0 ? failure : steps.length - 1;
}
