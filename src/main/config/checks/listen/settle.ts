// Makes the listeners of `listen`, or of `host` and `port`, and of what other keys say of clients. A listener that other
// machines can reach is refused unless it is said who may come.
import { parseIpRange } from '../../../../protocol/address/ip-range.js';
import { isSpecialIp } from '../../../../protocol/address/special-address.js';
import {
  ALL_NETWORKS,
  isOpen,
  type ListenOptions,
  type ListenPlace,
  LOOPBACK_NETWORKS,
  loopbackListener,
} from '../../../../protocol/listen-options.js';
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import { inside, type Place, placeText } from '../../diagnostics/place.js';
import type { ListenSetting } from './listen.js';

/** The checked keys that say something of listeners. */
interface ListenKeys {
  /** Empty if it is not given. */
  readonly listen: readonly ListenSetting[];
  readonly host: string;
  readonly port: number;
  readonly allow_clients: readonly string[] | null;
  /** Whether there are users, so that a client can show who it is. */
  readonly areUsersSet: boolean;
}

/** Where the keys are given; undefined for one that is not. */
interface ListenPlaces {
  readonly listen: Place | undefined;
  readonly host: Place | undefined;
  readonly port: Place | undefined;
}

/** Wrong keys have been reported: for them the checked keys have their defaults. */
export function settleListeners(
  keys: ListenKeys,
  places: ListenPlaces,
  diagnostics: Diagnostics,
): readonly ListenOptions[] {
  const { listen, host, port } = keys;
  const { listen: list } = places;
  if (list === undefined) {
    const at = places.host ?? places.port;
    return [settle({ ...PLAIN, place: { kind: 'internet', host, port } }, keys, at, diagnostics)];
  }
  for (const [key, at] of Object.entries({ host: places.host, port: places.port })) {
    if (at === undefined) continue;
    const both = `"${key}" does not go together with "listen", which is at ${placeText(list)}; allowed: one of them`;
    diagnostics.error(at, both);
  }
  return listen.map((one) => settle(one, keys, inside(list, one.index), diagnostics));
}

type Unsettled = Omit<ListenSetting, 'index'>;

const PLAIN: Omit<Unsettled, 'place'> = {
  ...{ name: undefined, protocols: loopbackListener(0).protocols },
  ...{ users: undefined, allow_clients: undefined, proxy_from: undefined, quiet: undefined },
};

function settle(asked: Unsettled, keys: ListenKeys, at: Place | undefined, diagnostics: Diagnostics): ListenOptions {
  const { place, name, protocols, proxy_from = [], quiet } = asked;
  const users = asked.users ?? keys.areUsersSet;
  if (at !== undefined && users && !keys.areUsersSet) {
    diagnostics.reject(inside(at, 'users'), true, 'false, since no users are set');
  }
  const allowed = asked.allow_clients ?? keys.allow_clients ?? undefined;
  if (allowed === undefined && !users && at !== undefined && isOpen({ place, proxy_from })) {
    const how = proxy_from.length > 0 ? 'through a proxy' : `to ${hostOf(place)}`;
    const remedies = keys.areUsersSet ? REMEDIES_BESIDE_USERS : REMEDIES;
    diagnostics.error(at, `clients of other machines can come ${how}, and nothing says who may; ${remedies}`);
  }
  warnOfManyProxies(proxy_from, allowed ?? ALL_NETWORKS, at, diagnostics);
  const allow_clients = allowed ?? (users ? ALL_NETWORKS : LOOPBACK_NETWORKS);
  return { place, name, protocols, users, allow_clients, proxy_from, ...(quiet && { quiet }) };
}

/** With fewer fixed bits a network is too large for the proxies of anybody; the largest private ones have 7 and 8. */
const PRIVATE_BITS = 7;
const FEW_BITS = 8;

/** `allow_clients` does not keep away a client that may say itself from where it comes. */
function warnOfManyProxies(
  from: readonly string[],
  allowed: readonly string[],
  at: Place | undefined,
  diagnostics: Diagnostics,
): void {
  const wide = from.find(isWide);
  if (at === undefined || wide === undefined || ALL_NETWORKS.every((network) => allowed.includes(network))) return;
  const why = `a client from ${wide} can name any address in its PROXY header, so "allow_clients" does not keep it away: list only your proxies`;
  diagnostics.warn(inside(inside(at, 'proxy_protocol'), 'from'), why);
}

function isWide(text: string): boolean {
  const network = parseIpRange(text);
  if (network === undefined || network.prefix > FEW_BITS) return false;
  return network.prefix < PRIVATE_BITS || !isSpecialIp(network.ip);
}

const hostOf = (place: ListenPlace): string => (place.kind === 'internet' ? place.host : place.path);

const REMEDIES_BESIDE_USERS =
  'take "users": false away, so that clients must name one of the users, or add "allow_clients": ["192.168.0.0/16", "fd00::/8"] for the networks of your clients';
const REMEDIES =
  'add one of these two lines: "allow_clients": ["192.168.0.0/16", "fd00::/8"] for the networks of your clients, or "users": {"NAME": {"password": "PASSWORD"}} for names and passwords';
