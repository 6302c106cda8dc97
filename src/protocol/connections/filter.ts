// Which connections somebody means, as a value that crosses threads, and how its parts are read from text. Pure: it looks at no
// connection (workers/connection/admin/matching.ts does).
import { normaliseName } from '../address/host-name.js';
import { type IpRange, parseIpRange } from '../address/ip-range.js';

/** Of a target: all that is given must hold. */
export interface TargetFilter {
  /** This name and all below it. */
  readonly host?: string;
  /** Addresses that clients asked for; not those that names resolved to. */
  readonly range?: IpRange;
  readonly port?: number;
}

/** A connection is meant if all that is given holds. Lines and listeners are given by their names. */
export interface ConnectionFilter {
  readonly client?: IpRange | 'unix' | undefined;
  readonly user?: string | undefined;
  readonly target?: TargetFilter | undefined;
  readonly line?: string | undefined;
  readonly listener?: string | undefined;
}

/** Takes an address, a network, or `unix` for clients of Unix sockets; undefined for anything else. */
export function clientFilterOf(text: string): IpRange | 'unix' | undefined {
  return text === 'unix' ? text : parseIpRange(text);
}

/**
 * Takes a name, which stands for all names below it too, an address, a network, any of these with `:port` behind it, or `:port`
 * alone; an IPv6 address with a port is in brackets. Undefined for anything else.
 */
export function targetFilterOf(text: string): TargetFilter | undefined {
  const whole = hostFilterOf(text);
  if (whole !== undefined) return whole;
  const [, host, digits] = /^(.*):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port < 1 || port > 65_535) return undefined;
  if (host === '') return { port };
  const before = hostFilterOf(host);
  return before && { ...before, port };
}

function hostFilterOf(text: string): TargetFilter | undefined {
  const range = parseIpRange(text);
  if (range !== undefined) return { range };
  const host = normaliseName(text.replace(/^\*?\./, ''));
  return host === undefined ? undefined : { host };
}

/** Whether a name is `of`, or below it. */
export const isNameOf = (name: string, of: string): boolean =>
  name.endsWith(of) && (name.length === of.length || name[name.length - of.length - 1] === '.');
