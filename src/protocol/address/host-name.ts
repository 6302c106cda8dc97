// Host names as text: one spelling for each name, which texts can be names, and the order in which addresses of both
// families are tried. It resolves nothing and parses no addresses.
import { domainToASCII } from 'node:url';

/** RFC 1035 section 2.3.4: 255 octets on the wire are 253 characters of text without the trailing dot. */
const NAME_LENGTH_MAX = 253;
/** The usual spelling, which nearly all names have. The last label begins with no digit, so it is not a number. */
const NORMAL = /^(?:[a-z0-9_-]{1,63}\.)*[a-z_-][a-z0-9_-]{0,62}$/;
const LABEL = /^[a-z0-9_-]{1,63}$/;
/** A number as last label makes the text a failed IPv4 literal, never a name (RFC 1123 section 2.1). */
const NUMBER = /^(?:[0-9]+|0x[0-9a-f]*)$/;

/**
 * The one spelling in which a name is asked for, cached and compared: lower case, without a trailing dot, other scripts as
 * `xn--`. Undefined for a text that cannot be a host name, such as an IP literal.
 */
export function normaliseName(text: string): string | undefined {
  if (text.length > NAME_LENGTH_MAX + 1) return undefined;
  // This takes a tenth of the time of what follows, and runs for each connection to a name.
  if (text.length <= NAME_LENGTH_MAX && NORMAL.test(text)) return text;
  const ascii = /[^\0-\x7f]/.test(text) ? domainToASCII(text) : text;
  const name = ascii.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/\.$/, '');
  if (name.length > NAME_LENGTH_MAX) return undefined;
  const labels = name.split('.');
  if (!labels.every((label) => LABEL.test(label))) return undefined;
  return NUMBER.test(labels[labels.length - 1] as string) ? undefined : name;
}

/**
 * The same with the trailing dot of an absolute name. Without the dot, the machine's search list may turn it into another
 * name, so the two are asked for, kept and remembered separately.
 */
export function askedName(text: string): string | undefined {
  const name = normaliseName(text);
  return name !== undefined && text.endsWith('.') ? `${name}.` : name;
}

/** The normalised name, from one that `askedName` gave. */
export function withoutDot(asked: string): string {
  return asked.endsWith('.') ? asked.slice(0, -1) : asked;
}

/** Names that never leave the machine (RFC 6761 section 6.3). Takes a normalised name. */
export function isLocalhost(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}

/**
 * IPv6 and IPv4 addresses in turn (RFC 8305 section 4), so that a family that does not work costs one attempt, not all. The
 * family of the first address comes first; within a family the order is kept; duplicates are removed.
 */
export function interleave(addresses: readonly string[]): readonly string[] {
  if (addresses.length < 2) return addresses;
  const first: string[] = [];
  const second: string[] = [];
  const begins = isIpv6(addresses[0] as string);
  for (const address of addresses) {
    const family = isIpv6(address) === begins ? first : second;
    if (!family.includes(address)) family.push(address);
  }
  const turns = Math.max(first.length, second.length);
  const ordered: string[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const [one, other] = [first[turn], second[turn]];
    if (one !== undefined) ordered.push(one);
    if (other !== undefined) ordered.push(other);
  }
  return ordered;
}

function isIpv6(address: string): boolean {
  return address.includes(':');
}
