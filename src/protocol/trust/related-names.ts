// Whether two names may belong to one owner, so that one address for both proves nothing. It errs towards "related",
// since without the public suffix list owners cannot be told apart for sure.

/** Labels that half of the world uses. */
const COMMON = new Set(['www', 'api', 'mail', 'cdn', 'static', 'mobile', 'apps']);
/** Shorter ones are mostly parts of public suffixes (`co`, `com`, `org`). */
const TELLING_LENGTH = 4;

/**
 * Related are names that end in the same two labels (`www.example.com`, `a.example.com`), or that share a telling label
 * (`google.com`, `www.google.co.jp`). Takes normalised names.
 */
export function related(first: string, second: string): boolean {
  const [one, other] = [first.split('.'), second.split('.')];
  if (one.slice(-2).join('.') === other.slice(-2).join('.')) return true;
  const telling = new Set(one.slice(0, -1).filter((label) => label.length >= TELLING_LENGTH && !COMMON.has(label)));
  return other.slice(0, -1).some((label) => telling.has(label));
}

/** Whether among the names there are two that are not related. */
export function anyUnrelated(names: Iterable<string>): boolean {
  const list = [...new Set(names)];
  return list.some((name, index) => list.slice(index + 1).some((other) => !related(name, other)));
}

/** Whether a name is the suffix itself or below it. */
export function isWithin(name: string, suffix: string): boolean {
  return name === suffix || name.endsWith(`.${suffix}`);
}
