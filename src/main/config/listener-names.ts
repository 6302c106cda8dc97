// By what names rules and the command line know the listeners.
import { formatEndpoint } from '../../protocol/address/address.js';
import type { ListenOptions } from '../../protocol/listen-options.js';

/** By number. */
export function listenerNames(listen: readonly ListenOptions[]): readonly string[] {
  return listen.map(({ name, place }) => {
    if (name !== undefined) return name;
    return place.kind === 'unix' ? `unix:${place.path}` : formatEndpoint(place.host, place.port);
  });
}
