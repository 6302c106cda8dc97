// Refuses a place of `admin` that other machines can reach, or every user of this one, without a token. Warns of what needs a place.
import type { AdminOptions } from '../../../../protocol/admin-options.js';
import { isOpen, type ListenOptions } from '../../../../protocol/listen-options.js';
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import type { Place } from '../../diagnostics/place.js';

/** `place`: where `admin.traces_endpoint` is given. */
export function warnOfTraces(
  { listen, traces_endpoint }: Pick<AdminOptions, 'listen' | 'traces_endpoint'>,
  place: Place,
  diagnostics: Diagnostics,
): void {
  if (traces_endpoint !== null && listen === null)
    diagnostics.warn(place, 'no traces are made without admin.listen, whose thread makes them');
}

/** `place`: where `admin.listen` is given. `listen`: where clients come in. */
export function checkReach(
  { listen, token_file }: Pick<AdminOptions, 'listen' | 'token_file'>,
  clients: readonly ListenOptions[],
  place: Place,
  diagnostics: Diagnostics,
): void {
  if (listen === null) return;
  if (token_file === null && isOpen({ place: listen, proxy_from: [] })) {
    const how = `other machines can come to ${listen.kind === 'internet' ? listen.host : listen.path}`;
    diagnostics.error(place, `${how}, and whoever comes may do everything; needed: admin.token_file`);
  }
  if (clients.some((one) => isSame(one.place, listen)))
    diagnostics.error(place, 'clients of the proxy come there; allowed: a place of its own');
}

function isSame(one: ListenOptions['place'], other: ListenOptions['place']): boolean {
  if (one.kind === 'unix' || other.kind === 'unix') return one.kind === other.kind && pathOf(one) === pathOf(other);
  return one.port !== 0 && one.port === other.port && one.host === other.host;
}

const pathOf = (place: ListenOptions['place']): string => (place.kind === 'unix' ? place.path : '');
