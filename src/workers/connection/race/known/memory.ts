// Which memory a race uses: that of its destination, or, behind a sticky rule, one of its client alone.
import type { Target } from '../../../../protocol/address/target.js';
import { destinationKey, siteKey } from '../../../../protocol/routes/destination-key.js';
import type { Choice } from '../../../../protocol/rules/rule.js';
import { askerOf } from '../../../../protocol/rules/sticky.js';
import type { Client } from '../../../../protocol/users/client.js';
import type { Sites } from '../../shared/sites.js';
import { KnownDestination, type KnownParts } from './destination.js';
import { KnownSite } from './site.js';

export type KnownForParts = KnownParts & { readonly sites: Pick<Sites, 'of'> };

/** `lines`: the number of those that the race may use. For `choice` and `client` see race.ts. */
export function knownFor(
  parts: KnownForParts,
  target: Target,
  lines: number,
  choice: Choice | undefined,
  client: Client | undefined,
): KnownDestination {
  const { asked, ip, port } = target;
  // There is nothing to choose.
  if (lines === 1 && ip !== undefined) return new KnownDestination(parts, target, undefined);
  const sticky = client !== undefined && choice?.sticky;
  if (!sticky) return new KnownDestination(parts, target, destinationKey(asked, port, undefined));
  const asker = askerOf(sticky, client);
  if (sticky !== 'site') return new KnownDestination(parts, target, destinationKey(asked, port, asker));
  const site = siteKey(parts.sites.of(target), asker);
  return new KnownSite(parts, target, destinationKey(asked, port, undefined), site);
}
