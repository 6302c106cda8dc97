// The names of keys in the engine, and the ids in them. All keys of a site have the tag {SITE}, so that a cluster keeps them in one
// slot and one pipeline asks for them. Nobody can read from an id what it stands for without the secret of the site.
import { createHash, createHmac } from 'node:crypto';
import type { SiteSecrets } from './secrets.js';

/** Each destination has so many places in the engine, and a gateway writes one of them: none can have all. */
export const SLOTS = 3;
const ID_OCTETS = 16;
const NAME = /^[a-z0-9._-]{1,32}$/;

/** The first, second or third place of a destination. */
export type Slot = 0 | 1 | 2;

/** Whether a site or a gateway may have the name. */
export const isShareName = (name: string): boolean => NAME.test(name);

/** The id of a destination (its key in the table of routes), a user or a budget: 22 characters. */
export function idOf(secrets: SiteSecrets, name: string): string {
  return createHmac('sha256', secrets.names).update(name).digest().subarray(0, ID_OCTETS).toString('base64url');
}

/** The slot that a gateway writes, whatever the destination. */
export function slotOf(gateway: string): Slot {
  return (createHash('sha256').update(gateway).digest().readUInt32BE() % SLOTS) as Slot;
}

/** `id`: of the destination. The index in the result is the slot. */
export function routeKeys(site: string, id: string): readonly [string, string, string] {
  return [`tr1:{${site}}:r:0:${id}`, `tr1:{${site}}:r:1:${id}`, `tr1:{${site}}:r:2:${id}`];
}

/** The stream of news. */
export const newsKey = (site: string): string => `tr1:{${site}}:news`;

/** Where a gateway says that it is there. */
export const gatewayKey = (site: string, gateway: string): string => `tr1:{${site}}:gw:${gateway}`;

/** A set of the names of gateways: SCAN would go through all keys of the engine, also those of others. */
export const gatewaysKey = (site: string): string => `tr1:{${site}}:gws`;

/** The field of a limit's hash that has the sum of all gateways: no gateway has such a name. */
export const QUOTA_SUM = '=';

/** Of a limit: `period` says of which month or window, `id` whose, and `part` which of its counts, such as a gateway's. */
export function quotaKey(site: string, period: string, id: string, part?: string): string {
  return `tr1:{${site}}:q:${period}:${id}${part === undefined ? '' : `:${part}`}`;
}
