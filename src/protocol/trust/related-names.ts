// Tells whether two names may belong to one owner, in which case one address for both proves nothing. In doubt the names
// are related: it does not use the public suffix list, without which owners cannot be told apart for sure.

/** Labels that very many owners use. */
const COMMON = new Set(['www', 'api', 'mail', 'cdn', 'static', 'mobile', 'apps']);
/** Shorter labels are mostly parts of public suffixes (`co`, `com`, `org`). */
const TELLING_LENGTH = 4;

/**
 * Two normalised names are related when they end in the same two labels (`www.example.com`, `a.example.com`), or when they
 * share a long, uncommon label (`google.com`, `www.google.co.jp`).
 */
export function related(first: string, second: string): boolean {
  const [one, other] = [first.split('.'), second.split('.')];
  if (one.slice(-2).join('.') === other.slice(-2).join('.')) return true;
  const telling = new Set(one.slice(0, -1).filter((label) => label.length >= TELLING_LENGTH && !COMMON.has(label)));
  return other.slice(0, -1).some((label) => telling.has(label));
}

/** Whether any two of the names are not related. */
export function anyUnrelated(names: Iterable<string>): boolean {
  const list = [...new Set(names)];
  return list.some((name, index) => list.slice(index + 1).some((other) => !related(name, other)));
}

/** Whether a name is the suffix itself or below it. */
export function isWithin(name: string, suffix: string): boolean {
  return name === suffix || name.endsWith(`.${suffix}`);
}
