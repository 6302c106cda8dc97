// Which names and passwords there can be, and how a claimed name is split into a user's name and a tag. It knows no users.

/** In UTF-8: RFC 1929 has one octet for the length of each. */
export const OCTETS_MAX = 255;
const TAG_OCTETS_MAX = 64;
/** A tag chooses a memory, and is a part of its key: letters, digits and a few marks. */
const TAG = new RegExp(`^[A-Za-z0-9._~-]{1,${TAG_OCTETS_MAX}}$`);
/**
 * U+FFFD stands for bytes that are not UTF-8, of a client or of an environment variable: different ones look the same, so no name
 * or password has it.
 */
const UNUSABLE = /[\p{Cc}\uFFFD]/u;
/** Begins the tag. */
const TAG_MARK = '+';

export const NAME_ALLOWED = `a name of 1 to ${OCTETS_MAX} octets in UTF-8, without control characters and "${TAG_MARK}", which begins a tag`;
export const PASSWORD_ALLOWED = `a password of 1 to ${OCTETS_MAX} octets in UTF-8, without control characters`;

/** A claimed name in its two parts. */
export interface NameParts {
  readonly name: string;
  readonly tag: string | undefined;
}

export function isUserName(text: string): boolean {
  return isText(text) && !text.includes(TAG_MARK);
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}

export function isPassword(text: string): boolean {
  return isText(text);
}

/** `name` or `name+tag`, split at the first `+`; undefined for what no user can be called, or a tag that is none. */
export function partsOfName(text: string): NameParts | undefined {
  const mark = text.indexOf(TAG_MARK);
  const name = mark < 0 ? text : text.slice(0, mark);
  if (!isText(name)) return undefined;
  if (mark < 0) return { name, tag: undefined };
  const tag = text.slice(mark + 1);
  return isTag(tag) ? { name, tag } : undefined;
}

function isText(text: string): boolean {
  return text !== '' && text.length <= OCTETS_MAX && !UNUSABLE.test(text) && Buffer.byteLength(text) <= OCTETS_MAX;
}
