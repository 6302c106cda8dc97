// Checks `listen`, the list of listeners, each for itself and against the others. It opens none. What other keys say of
// listeners is joined in settle.ts.
import { formatEndpoint } from '../../../../protocol/address/address.js';
import { INBOUND_NAMES, type InboundName } from '../../../../protocol/inbound-name.js';
import {
  type InternetPlace,
  LISTENERS_MAX,
  type ListenPlace,
  UNIX_CLIENTS,
} from '../../../../protocol/listen-options.js';
import type { QuietKeys } from '../../../../protocol/quiet/quiet.js';
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import { shown } from '../../diagnostics/mask.js';
import { inside, type Place, placeText } from '../../diagnostics/place.js';
import { checkName, checkSourcePort } from '../lines/parts.js';
import { dialledAddress } from '../values/address.js';
import { checkFlag } from '../values/flag.js';
import { checkHost } from '../values/host.js';
import { checkNetworks } from '../values/networks.js';
import { checkQuiet, QUIET_KEYS, QUIET_SPELLINGS } from '../values/quiet.js';
import type { Check } from '../values/setting.js';
import { checkMode, checkUnixPath } from './unix.js';

/** A listener as it is written: undefined for a key that is not given. */
export interface ListenSetting {
  /** Its place in the list. */
  readonly index: number;
  readonly place: ListenPlace;
  readonly name: string | undefined;
  readonly protocols: readonly InboundName[];
  readonly users: boolean | undefined;
  readonly allow_clients: readonly string[] | undefined;
  readonly proxy_from: readonly string[] | undefined;
  readonly quiet: QuietKeys | undefined;
}

const PLACE_KEYS = ['host', 'port', 'unix', 'mode'] as const;
const KEYS = [...PLACE_KEYS, 'name', 'protocols', 'users', 'allow_clients', 'proxy_protocol', ...QUIET_KEYS] as const;
export const LISTEN_ALLOWED = `a list of 1 to ${LISTENERS_MAX} listeners, each an object with port (and host) or unix (and mode), and ${KEYS.slice(PLACE_KEYS.length).join(', ')}`;
const PROTOCOLS_ALLOWED = `one of ${INBOUND_NAMES.join(', ')}, or a list of them`;
const PROXY_ALLOWED = 'an object with "from": the networks of the proxies';
const HOST_USUAL = '127.0.0.1';
/** Only its user may connect. */
const MODE_USUAL = 0o600;

type Fields = Readonly<Record<string, unknown>>;

export const checkListen: Check<readonly ListenSetting[]> = (value, place, diagnostics) => {
  if (!Array.isArray(value) || value.length === 0 || value.length > LISTENERS_MAX) {
    diagnostics.reject(place, value, LISTEN_ALLOWED);
    return undefined;
  }
  const walk = new Walk(diagnostics);
  const listeners = value.flatMap((one, index) => walk.listener(one, inside(place, index), index) ?? []);
  rejectRepeated(listeners, place, diagnostics);
  return listeners;
};

class Walk {
  readonly #diagnostics: Diagnostics;

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  /** Undefined where the listener has no right place. Wrong keys beside it are reported, and left out. */
  listener(value: unknown, at: Place, index: number): ListenSetting | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#diagnostics.reject(at, value, 'a listener: an object with port or unix');
      return undefined;
    }
    const fields = value as Fields;
    for (const key of Object.keys(fields)) {
      if (!KEYS.some((known) => known === key) && !QUIET_SPELLINGS.includes(key))
        this.#diagnostics.unknownKey(at, key, KEYS);
    }
    const place = this.#place(fields, at);
    const isUnix = Object.hasOwn(fields, 'unix');
    const proxy_from = this.#proxies(fields, at, isUnix);
    const rest = {
      name: this.#optional(fields, 'name', at, checkName),
      protocols: this.#optional(fields, 'protocols', at, checkProtocols) ?? INBOUND_NAMES,
      users: this.#optional(fields, 'users', at, checkFlag),
      allow_clients: this.#clients(fields, at, isUnix && proxy_from === undefined),
      quiet: checkQuiet(fields, at, this.#diagnostics),
    };
    return place === undefined ? undefined : { index, place, ...rest, proxy_from };
  }

  #place(fields: Fields, at: Place): ListenPlace | undefined {
    if (Object.hasOwn(fields, 'unix')) {
      for (const key of ['host', 'port']) {
        if (!Object.hasOwn(fields, key)) continue;
        this.#diagnostics.error(inside(at, key), 'does not go together with "unix"; allowed: one of them');
      }
      const path = this.#optional(fields, 'unix', at, checkUnixPath);
      const mode = this.#optional(fields, 'mode', at, checkMode) ?? MODE_USUAL;
      return path === undefined ? undefined : { kind: 'unix', path, mode };
    }
    if (Object.hasOwn(fields, 'mode')) this.#diagnostics.error(inside(at, 'mode'), 'belongs to "unix"');
    const host = Object.hasOwn(fields, 'host') ? this.#optional(fields, 'host', at, checkHost) : HOST_USUAL;
    if (!Object.hasOwn(fields, 'port')) this.#diagnostics.missing(at, 'port', 'the port to listen on, or "unix"');
    const port = this.#optional(fields, 'port', at, checkSourcePort);
    if (host === undefined || port === undefined) return undefined;
    return { kind: 'internet', host: dialledAddress(host) ?? host, port };
  }

  /** `isIdle`: the key has no meaning. */
  #clients(fields: Fields, at: Place, isIdle: boolean): readonly string[] | undefined {
    if (!Object.hasOwn(fields, 'allow_clients')) return undefined;
    if (isIdle) {
      const why = 'clients of a Unix socket have no address; "mode" says who may connect';
      this.#diagnostics.error(inside(at, 'allow_clients'), why);
    }
    // A wrong list was given all the same, so that nobody is told to give one.
    return this.#optional(fields, 'allow_clients', at, checkNetworks) ?? [];
  }

  #proxies(fields: Fields, at: Place, isUnix: boolean): readonly string[] | undefined {
    const own = fields['proxy_protocol'];
    if (!Object.hasOwn(fields, 'proxy_protocol')) return undefined;
    const inner = inside(at, 'proxy_protocol');
    if (typeof own !== 'object' || own === null || Array.isArray(own)) {
      this.#diagnostics.reject(inner, own, PROXY_ALLOWED);
      return [];
    }
    for (const key of Object.keys(own)) if (key !== 'from') this.#diagnostics.unknownKey(inner, key, ['from']);
    if (!Object.hasOwn(own, 'from')) this.#diagnostics.missing(inner, 'from', 'the networks of the proxies');
    return this.#optional(own as Fields, 'from', inner, isUnix ? checkUnixClients : checkNetworks) ?? [];
  }

  #optional<T>(fields: Fields, key: string, at: Place, check: Check<T>): T | undefined {
    return Object.hasOwn(fields, key) ? check(fields[key], inside(at, key), this.#diagnostics) : undefined;
  }
}

/** What connects to a Unix socket has no network. */
const checkUnixClients: Check<readonly string[]> = (value, place, diagnostics) => {
  const list = typeof value === 'string' ? [value] : value;
  if (Array.isArray(list) && list.length === 1 && list[0] === UNIX_CLIENTS) return [UNIX_CLIENTS];
  diagnostics.reject(place, value, `"${UNIX_CLIENTS}", for what connects to the socket`);
  return undefined;
};

/** Returns them in the order of INBOUND_NAMES. */
const checkProtocols: Check<readonly InboundName[]> = (value, place, diagnostics) => {
  const list: unknown = typeof value === 'string' ? [value] : value;
  if (Array.isArray(list) && list.length > 0 && list.every((one) => INBOUND_NAMES.some((name) => name === one))) {
    return INBOUND_NAMES.filter((name) => list.includes(name));
  }
  diagnostics.reject(place, value, PROTOCOLS_ALLOWED);
  return undefined;
};

/** Reports names and addresses that another listener has already. */
function rejectRepeated(listeners: readonly ListenSetting[], list: Place, diagnostics: Diagnostics): void {
  for (const [count, { index, place, name }] of listeners.entries()) {
    const before = listeners.slice(0, count);
    const namesake = before.find((one) => one.name === name && name !== undefined);
    if (namesake !== undefined) {
      const both = `another listener has the name ${shown(name, 'name')}: ${placeText(inside(list, namesake.index))}`;
      diagnostics.error(inside(inside(list, index), 'name'), both);
    }
    const other = before.find((one) => overlap(one.place, place));
    if (other === undefined) continue;
    const first = placeText(inside(list, other.index));
    const text = `${placeName(place)} is taken by ${placeName(other.place)} at ${first}; allowed: each address once`;
    diagnostics.error(inside(list, index), text);
  }
}

/** Whether a second socket could not listen. */
function overlap(one: ListenPlace, other: ListenPlace): boolean {
  if (one.kind === 'unix' || other.kind === 'unix') {
    return one.kind === 'unix' && other.kind === 'unix' && one.path === other.path;
  }
  if (one.port !== other.port || one.port === 0) return false;
  return one.host === other.host || hearsAll(one, other) || hearsAll(other, one);
}

/** A socket that listens on :: takes the clients of both families. */
function hearsAll({ host }: InternetPlace, other: InternetPlace): boolean {
  return host === '::' || (host === '0.0.0.0' && !other.host.includes(':'));
}

function placeName(place: ListenPlace): string {
  return place.kind === 'unix' ? `unix:${place.path}` : formatEndpoint(place.host, place.port);
}
