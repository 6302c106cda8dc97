// Whether this process may let sockets leave by an interface, or with a mark. Interfaces come and go, and a check may run as
// another user than the gateway, so what is missing is worth a warning, not an error: the line fails until it is there.
import { seenInterface } from '../../../../linux/netlink/look.js';
import { tryToLeaveBy } from '../../../../linux/source.js';
import { faultText } from '../../../../protocol/uplinks/line-link.js';
import { presentAddresses } from '../../../../protocol/uplinks/present-address.js';

/** What grants a capability, in the order in which people look for it. */
const grant = (capability: string): string =>
  `with systemd by AmbientCapabilities=${capability}, with Docker by --cap-add ${capability.replace('CAP_', '')}`;

/** A sentence for people; undefined if it may be used now. */
export function whyNoInterface(name: string): string | undefined {
  const tried = tryToLeaveBy({ device: new TextEncoder().encode(name), mark: 0 });
  if (tried.code === 'usable') return undefined;
  switch (tried.error) {
    case 'ENODEV':
      return `this machine has no interface ${JSON.stringify(name)} now: the line fails until it has`;
    case 'EPERM':
      return `this process may not choose an interface, which takes CAP_NET_RAW before Linux 5.7: grant it ${grant('CAP_NET_RAW')}; the line fails until then`;
    default:
      return `the interface ${JSON.stringify(name)} cannot be used (${tried.error}): the line fails until it can`;
  }
}

/** The same for an interface whose address is to be the source. One that is not there is `whyNoInterface`'s business. */
export function whyNoAddress(name: string): string | undefined {
  const seen = seenInterface(name);
  if (seen === undefined) return undefined;
  const { ip4, ip6 } = presentAddresses(seen.addresses);
  if (ip4 !== undefined || ip6 !== undefined) return undefined;
  return `${faultText('no-address', name)} now that could be a source: the line is out until it has`;
}

/** The same for a mark. */
export function whyNoMark(mark: number): string | undefined {
  const tried = tryToLeaveBy({ device: undefined, mark });
  if (tried.code === 'usable') return undefined;
  return tried.error === 'EPERM'
    ? `this process may not set a mark, which takes CAP_NET_ADMIN: grant it ${grant('CAP_NET_ADMIN')}; the line fails until then`
    : `the mark cannot be set (${tried.error}): the line fails until it can`;
}
