// The links of all lines that have one, from what the kernel says of interfaces: which lines are out, which are worth trying
// again, and from which addresses those leave whose source is "auto". Pure: the time is an argument.
import { formatIp, parseIp } from '../address/address.js';
import { sameIp } from '../address/same-ip.js';
import type { Line } from '../lines/line.js';
import type { InterfaceState, NetworkChange, NetworkState } from './interface-state.js';
import { hasLink, isAuto, type LineLink, type LinkFault } from './line-link.js';
import { type PresentAddresses, presentAddresses } from './present-address.js';

/**
 * A link that is up and changes makes a line worth trying, since its routes or address may be new. So often at most, and once more
 * after each of these times: what has failed is to be remembered where routes come and go all the time.
 */
const TRIES_MAX = 4;
const TRY_EVERY_MS = 10_000;

interface Followed {
  readonly line: Line;
  readonly sourceIp: Uint8Array | undefined;
  link: LineLink | undefined;
  /** The number of its interface, which may be gone. */
  index: number | undefined;
  /** Whether its interface has had an address. */
  hadAddress: boolean;
  /** Its addresses as text. */
  addresses: string;
  tries: number;
  triedAt: number;
}

const NONE: PresentAddresses = { ip4: undefined, ip6: undefined };

export class LineLinks {
  /** By the line's number. */
  #followed: ReadonlyMap<number, Followed> = new Map();
  /** Interfaces with new default routes since the last look. */
  readonly #routed = new Set<number>();

  /** Follows the links of these lines; what is known of those that stay is kept. */
  setLines(lines: readonly Line[]): void {
    const before = this.#followed;
    const followed = new Map<number, Followed>();
    for (const line of lines.filter(hasLink)) followed.set(line.number, before.get(line.number) ?? followedOf(line));
    this.#followed = followed;
  }

  get isEmpty(): boolean {
    return this.#followed.size === 0;
  }

  /** The interfaces and addresses of which a look needs to know. */
  get wanted(): { readonly names: readonly string[]; readonly ips: readonly Uint8Array[] } {
    const names = new Set<string>();
    const ips: Uint8Array[] = [];
    for (const { line, sourceIp } of this.#followed.values()) {
      if (line.source.device !== undefined) names.add(line.source.device);
      if (sourceIp !== undefined && !ips.some((ip) => sameIp(ip, sourceIp))) ips.push(sourceIp);
    }
    return { names: [...names], ips };
  }

  /** Of which families addresses and routes matter. */
  get families(): { readonly ipv4: boolean; readonly ipv6: boolean } {
    const all = [...this.#followed.values()];
    const has = (octets: number): boolean =>
      all.some(({ sourceIp }) => sourceIp === undefined || sourceIp.length === octets);
    return { ipv4: has(4), ipv6: has(16) };
  }

  /** Whether a change is a reason to look. */
  concerns(change: NetworkChange): boolean {
    const own = [...this.#followed.values()];
    if (change.kind === 'interface')
      return own.some(({ line, index, link }) => {
        return index === change.index || line.source.device === change.name || link?.fault === 'absent';
      });
    const isOwn = own.some(({ index }) => index === change.interface);
    if (change.kind === 'address') return isOwn || own.some(({ sourceIp: ip }) => ip && sameIp(ip, change.ip));
    if (isOwn) this.#routed.add(change.interface);
    return isOwn;
  }

  /** Any of what has not been told may have been a new default route. */
  lost(): void {
    for (const { index } of this.#followed.values()) if (index !== undefined) this.#routed.add(index);
  }

  /** Takes what is so now. `canBind`: whether a socket can have an address that no interface has. Returns whether links changed. */
  look(seen: NetworkState, canBind: (ip: Uint8Array) => boolean, now: number): boolean {
    const { ips } = this.wanted;
    let changed = false;
    for (const one of this.#followed.values()) {
      const place = ips.findIndex((ip) => one.sourceIp !== undefined && sameIp(ip, one.sourceIp));
      const home = place < 0 ? undefined : seen.homes[place];
      if (this.#take(one, seen, home, canBind, now)) changed = true;
    }
    this.#routed.clear();
    return changed;
  }

  /** None of them can be known: the kernel does not tell. */
  unknown(): void {
    for (const one of this.#followed.values()) {
      const { line } = one;
      const fault = isAuto(line.source) ? 'no-address' : undefined;
      one.link = { line: line.number, fault, at: nameOf(line), news: one.link?.news ?? 0, ...NONE };
    }
  }

  get links(): readonly LineLink[] {
    return [...this.#followed.values()].flatMap(({ link }) => link ?? []);
  }

  #take(
    one: Followed,
    seen: NetworkState,
    home: InterfaceState | undefined,
    canBind: (ip: Uint8Array) => boolean,
    now: number,
  ): boolean {
    const { line, sourceIp } = one;
    const { device } = line.source;
    const own = device === undefined ? home : seen.interfaces.get(device);
    const present = own === undefined ? NONE : presentAddresses(own.addresses);
    const hasAddress = present.ip4 !== undefined || present.ip6 !== undefined;
    const isSourceGone = sourceIp !== undefined && home === undefined && !canBind(sourceIp);
    const fault = isSourceGone ? 'source-absent' : faultOf(one, own, hasAddress);
    const at = isSourceGone ? formatIp(sourceIp) : (own?.name ?? nameOf(line));
    const addresses = own === undefined ? '' : own.addresses.map(({ ip }) => formatIp(ip)).join(' ');
    const isNews = one.link !== undefined && fault === undefined && this.#isNews(one, own, addresses, now);
    one.hadAddress ||= hasAddress;
    one.index = own?.index ?? one.index;
    one.addresses = addresses;
    const before = one.link;
    const news = (before?.news ?? 0) + Number(isNews);
    const link: LineLink = { line: line.number, fault, at, news, ...(isAuto(line.source) ? present : NONE) };
    if (before !== undefined && isSame(before, link)) return false;
    one.link = link;
    return true;
  }

  /** Whether a link that is up has come up, or may lead where it did not lead before. */
  #isNews(one: Followed, own: InterfaceState | undefined, addresses: string, now: number): boolean {
    if (one.link?.fault !== undefined) return true;
    const isOther = own !== undefined && (own.index !== one.index || this.#routed.has(own.index));
    const added = addresses.split(' ').some((address) => !one.addresses.split(' ').includes(address));
    if (!isOther && !added) return false;
    const back = Math.floor((now - one.triedAt) / TRY_EVERY_MS);
    const tries = Math.min(one.tries + Math.max(back, 0), TRIES_MAX);
    if (tries === 0) return false;
    one.tries = tries - 1;
    one.triedAt = now;
    return true;
  }
}

function followedOf(line: Line): Followed {
  const { ip } = line.source;
  return {
    line,
    sourceIp: ip === undefined ? undefined : parseIp(ip),
    ...{ link: undefined, index: undefined, hadAddress: false, addresses: '' },
    ...{ tries: TRIES_MAX, triedAt: Number.NEGATIVE_INFINITY },
  };
}

const nameOf = ({ source }: Line): string => source.device ?? source.ip ?? '';

/** An interface without any address may be meant so, as a tunnel's is; one that has lost its last one is of no use. */
function faultOf(one: Followed, own: InterfaceState | undefined, hasAddress: boolean): LinkFault | undefined {
  const { source } = one.line;
  if (own === undefined) return source.device === undefined ? undefined : 'absent';
  if (!own.isUp) return 'switched-off';
  if (!own.isRunning) return 'no-carrier';
  const needsAddress = isAuto(source) || (source.ip === undefined && one.hadAddress);
  return needsAddress && !hasAddress ? 'no-address' : undefined;
}

function isSame(a: LineLink, b: LineLink): boolean {
  return a.fault === b.fault && a.at === b.at && a.news === b.news && isSameIp(a.ip4, b.ip4) && isSameIp(a.ip6, b.ip6);
}

function isSameIp(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameIp(a, b);
}
