// Checks the upstream tree of the configuration: multipath, direct and proxies, nested to any sensible depth. Each mistake is
// reported with its key path. It makes no lines: see protocol/lines/flatten.ts.
import { withoutDot } from '../../../../protocol/address/host-name.js';
import type { BudgetedPart } from '../../../../protocol/budget/budget.js';
import type { DirectUpstream, MultipathUpstream, ProxyUpstream, Upstream } from '../../../../protocol/lines/flatten.js';
import type { ProxyKind, TlsToProxy } from '../../../../protocol/lines/line.js';
import type { Preference } from '../../../../protocol/lines/preference.js';
import { whyUnaskable } from '../../../../protocol/outbound/chain.js';
import { type Diagnostics, hint } from '../../diagnostics/diagnostics.js';
import { shown } from '../../diagnostics/mask.js';
import { inside, type Place, placeText } from '../../diagnostics/place.js';
import { secretIn } from '../values/secret.js';
import type { Check } from '../values/setting.js';
import { BUDGET_KEYS, checkBudget, checkBudgetDay } from './budget.js';
import {
  CREDENTIALS,
  checkAutoSource,
  checkInterface,
  checkMark,
  checkName,
  checkPort,
  checkProxyCaFile,
  checkProxyHost,
  checkServerName,
  checkSourceIp,
  checkSourcePort,
} from './parts.js';
import { checkCost, checkTier, checkWeight, PREFERENCE_KEYS } from './preference.js';
import { LINE_URL_ALLOWED, lineOfText } from './url.js';

/** A longer chain of proxies is a mistake. The bound also allows walks to recurse. */
const DEPTH_MAX = 64;
const PROXY_KEYS = ['type', 'name', 'host', 'port', 'username', 'username_file'] as const;
const PASSWORD_KEYS = ['password', 'password_file'] as const;
/** The keys of all types. */
const OF_ALL = [...PREFERENCE_KEYS, ...BUDGET_KEYS] as const;
/** The keys of each type. @public also for the reference, scripts/config-reference.mjs */
export const LINE_KEYS = {
  direct: ['type', 'name', 'source_ip', 'source_port', 'interface', 'mark', ...OF_ALL],
  socks5: [...PROXY_KEYS, ...PASSWORD_KEYS, 'upstream', ...OF_ALL],
  socks4: [...PROXY_KEYS, 'upstream', ...OF_ALL],
  http: [...PROXY_KEYS, ...PASSWORD_KEYS, 'upstream', ...OF_ALL],
  https: [...PROXY_KEYS, ...PASSWORD_KEYS, 'server_name', 'ca_file', 'upstream', ...OF_ALL],
  multipath: ['type', 'list', ...OF_ALL],
} as const;
/** Words of other programs for these keys. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  ...{ address: 'host', addr: 'host', ip: 'host', server: 'host', user: 'username', pass: 'password' },
  ...{ via: 'upstream', lines: 'list', upstreams: 'list', bind: 'source_ip', local_address: 'source_ip', tag: 'name' },
  ...{ device: 'interface', dev: 'interface', iface: 'interface', bind_interface: 'interface' },
  ...{ fwmark: 'mark', so_mark: 'mark', routing_mark: 'mark' },
  ...{ priority: 'tier', level: 'tier', cost: 'cost_ms', metric: 'cost_ms', delay_ms: 'cost_ms', share: 'weight' },
  ...{ budget: 'budget_bytes', quota: 'budget_bytes', limit_bytes: 'budget_bytes', reset_day: 'budget_day' },
  ...{ sni: 'server_name', servername: 'server_name', ca: 'ca_file', cafile: 'ca_file' },
};
const TYPES = Object.keys(LINE_KEYS) as (keyof typeof LINE_KEYS)[];
export const UPSTREAM_ALLOWED = `a line: an object with a "type" (${TYPES.join(', ')}), ${LINE_URL_ALLOWED}, or a list of lines`;

export const checkUpstream: Check<Upstream> = (value, place, diagnostics) =>
  new Walk(diagnostics).node(value, place, 1);

type Fields = Readonly<Record<string, unknown>>;

class Walk {
  readonly #diagnostics: Diagnostics;
  /** The first place of each name. */
  readonly #names = new Map<string, Place>();

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  node(value: unknown, place: Place, depth: number): Upstream | undefined {
    if (depth > DEPTH_MAX) {
      this.#diagnostics.error(place, `nested too deeply; allowed: at most ${DEPTH_MAX} levels`);
      return undefined;
    }
    if (typeof value === 'string') return this.#text(value, place, depth);
    if (Array.isArray(value) && value.length > 0) return { type: 'multipath', list: this.#nodes(value, place, depth) };
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#diagnostics.reject(place, value, UPSTREAM_ALLOWED);
      return undefined;
    }
    const fields = value as Fields;
    const type = this.#typeOf(fields, place);
    if (type === undefined) return undefined;
    const known: readonly string[] = LINE_KEYS[type];
    const strays = Object.keys(fields).filter((key) => !known.includes(key));
    for (const key of strays) this.#stray(type, key, place, known);
    const held = { ...this.#preference(fields, place), ...this.#budget(fields, place) };
    if (type === 'direct') return { ...this.#direct(fields, place), ...held };
    if (type === 'multipath') return { ...this.#multipath(fields, place, depth), ...held };
    return { ...this.#proxy(type, fields, place, depth), ...held };
  }

  /** Nothing where the node has none. */
  #budget(fields: Fields, place: Place): { readonly budget?: BudgetedPart } {
    const bytes = this.#optional(fields, 'budget_bytes', place, checkBudget);
    const day = this.#optional(fields, 'budget_day', place, checkBudgetDay) ?? 1;
    if (Object.hasOwn(fields, 'budget_day') && !Object.hasOwn(fields, 'budget_bytes'))
      this.#diagnostics.missing(place, 'budget_bytes', 'it goes together with "budget_day"');
    const name = typeof fields['name'] === 'string' ? fields['name'] : undefined;
    return bytes === undefined ? {} : { budget: { name, bytes, day } };
  }

  /** Nothing where the node says nothing. */
  #preference(fields: Fields, place: Place): { readonly preference?: Partial<Preference> } {
    const tier = this.#optional(fields, 'tier', place, checkTier);
    const cost_ms = this.#optional(fields, 'cost_ms', place, checkCost);
    const weight = this.#optional(fields, 'weight', place, checkWeight);
    const preference = {
      ...(tier === undefined ? {} : { tier }),
      ...(cost_ms === undefined ? {} : { cost_ms }),
      ...(weight === undefined ? {} : { weight }),
    };
    return Object.keys(preference).length === 0 ? {} : { preference };
  }

  #stray(type: keyof typeof LINE_KEYS, key: string, place: Place, known: readonly string[]): void {
    if (type === 'socks4' && PASSWORD_KEYS.some((one) => one === key))
      this.#diagnostics.error(inside(place, key), 'SOCKS4 has no passwords; allowed: only a username');
    else this.#diagnostics.unknownKey(place, key, known, OTHER_WORDS);
  }

  #text(text: string, place: Place, depth: number): Upstream | undefined {
    const line = lineOfText(text, place, this.#diagnostics);
    return line === undefined ? undefined : this.node(line, place, depth);
  }

  #nodes(values: readonly unknown[], place: Place, depth: number): readonly Upstream[] {
    return values.flatMap((part, index) => this.node(part, inside(place, index), depth + 1) ?? []);
  }

  /** Names are unique: rules and logs know lines by name. A line without a name gets a number. */
  #name(fields: Fields, place: Place): string | undefined {
    const name = this.#optional(fields, 'name', place, checkName);
    if (name === undefined) return undefined;
    const first = this.#names.get(name);
    if (first === undefined) this.#names.set(name, place);
    else {
      const both = `another line has the name ${shown(name, 'name')}: ${placeText(first)}`;
      this.#diagnostics.error(inside(place, 'name'), both);
    }
    return name;
  }

  #typeOf(fields: Fields, place: Place): keyof typeof LINE_KEYS | undefined {
    if (!Object.hasOwn(fields, 'type')) {
      this.#diagnostics.missing(place, 'type', TYPES.join(', '));
      return undefined;
    }
    const value = fields['type'];
    const type = TYPES.find((one) => one === value);
    if (type !== undefined) return type;
    this.#diagnostics.error(inside(place, 'type'), () => {
      const nearest = typeof value === 'string' ? hint(value, TYPES) : `allowed: ${TYPES.join(', ')}`;
      return `${shown(value, 'type')} is not a type of line; ${nearest}`;
    });
    return undefined;
  }

  #direct(fields: Fields, place: Place): DirectUpstream {
    const name = this.#name(fields, place);
    const ip = this.#optional(fields, 'source_ip', place, checkSourceIp);
    const port = this.#optional(fields, 'source_port', place, checkSourcePort);
    const device = this.#optional(fields, 'interface', place, checkInterface);
    const mark = this.#optional(fields, 'mark', place, checkMark);
    if (ip === 'auto')
      checkAutoSource(Object.hasOwn(fields, 'interface'), device, inside(place, 'source_ip'), this.#diagnostics);
    const source = {
      ...{ ip: ip === 'any' || ip === 'auto' ? undefined : ip, port: port ?? 0 },
      ...(device === undefined ? {} : { device }),
      ...(ip === 'auto' ? { auto: true as const } : {}),
      ...(mark === undefined || mark === 0 ? {} : { mark }),
    };
    return { type: 'direct', name, source };
  }

  #proxy(type: ProxyKind, fields: Fields, place: Place, depth: number): ProxyUpstream {
    const name = this.#name(fields, place);
    const host = this.#required(fields, 'host', place, checkProxyHost, 'the IP address or name of the proxy') ?? '';
    const port = this.#required(fields, 'port', place, checkPort, 'the port of the proxy') ?? 0;
    const credentials = this.#credentials(type, fields, place);
    const upstream = this.#optional(fields, 'upstream', place, (value, at) => this.node(value, at, depth + 1));
    const why = upstream && whyNotBehind(upstream, host);
    if (why !== undefined) {
      const allowed = 'an IPv4 address or a name';
      this.#diagnostics.error(
        inside(place, 'host'),
        `the proxy before it cannot be asked for it: ${why}; allowed: ${allowed}`,
      );
    }
    if (type !== 'https') return { type, name, host, port, ...credentials, upstream };
    if (upstream !== undefined && !isDirect(upstream))
      this.#diagnostics.error(
        inside(place, 'upstream'),
        'an https proxy comes first in its line; allowed: direct lines',
      );
    return { type, name, host, port, ...credentials, tls: this.#tls(fields, place, host), upstream };
  }

  #tls(fields: Fields, place: Place, host: string): TlsToProxy {
    const serverName = this.#optional(fields, 'server_name', place, checkServerName) ?? withoutDot(host);
    return { serverName, caFile: this.#optional(fields, 'ca_file', place, checkProxyCaFile) };
  }

  #credentials(type: ProxyKind, fields: Fields, place: Place): Pick<ProxyUpstream, 'username' | 'password'> {
    const checks = CREDENTIALS[type];
    const { isGiven: hasUsername, text: username } = this.#secret(fields, 'username', place, checks.username);
    if (checks.password === undefined) return { username, password: undefined };
    const { isGiven: hasPassword, text: password } = this.#secret(fields, 'password', place, checks.password);
    if (hasPassword && !hasUsername) this.#diagnostics.missing(place, 'username', 'it goes together with "password"');
    if (hasUsername && !hasPassword) this.#diagnostics.missing(place, 'password', 'it goes together with "username"');
    return { username, password };
  }

  /** Given by its key or by a file. */
  #secret(fields: Fields, key: string, place: Place, check: Check<string>) {
    const secret = secretIn(fields, key, place, this.#diagnostics);
    const text = secret.kind === 'given' ? check(secret.value, secret.place, this.#diagnostics) : undefined;
    return { isGiven: secret.kind !== 'absent', text };
  }

  #multipath(fields: Fields, place: Place, depth: number): MultipathUpstream {
    const check: Check<readonly Upstream[]> = (value, at, diagnostics) => {
      if (Array.isArray(value) && value.length > 0) return this.#nodes(value, at, depth);
      diagnostics.reject(at, value, 'a list of at least one line');
      return undefined;
    };
    return { type: 'multipath', list: this.#required(fields, 'list', place, check, 'a list of lines') ?? [] };
  }

  #optional<T>(fields: Fields, key: string, place: Place, check: Check<T>): T | undefined {
    return Object.hasOwn(fields, key) ? check(fields[key], inside(place, key), this.#diagnostics) : undefined;
  }

  #required<T>(fields: Fields, key: string, place: Place, check: Check<T>, needed: string): T | undefined {
    if (!Object.hasOwn(fields, key)) this.#diagnostics.missing(place, key, needed);
    return this.#optional(fields, key, place, check);
  }
}

/** Why the last proxy of one of these ways cannot name the next one, a name or an address. */
function whyNotBehind(node: Upstream, host: string): string | undefined {
  switch (node.type) {
    case 'direct':
      return undefined;
    case 'multipath':
      return node.list.map((part) => whyNotBehind(part, host)).find((why) => why !== undefined);
    default:
      return whyUnaskable([{ kind: node.type }], host)?.detail;
  }
}

function isDirect(node: Upstream): boolean {
  return node.type === 'multipath' ? node.list.every(isDirect) : node.type === 'direct';
}
