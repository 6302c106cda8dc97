// Reads the credentials of the scheme Basic (RFC 7617), in UTF-8. It judges none.
import { isUtf8 } from 'node:buffer';

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;
/** Section 2: neither name nor password has control characters. */
const CONTROL = /\p{Cc}/u;

/** `value` of a field; undefined for another scheme or a text that is not as it should be. */
export function readBasic(value: string): Credentials | undefined {
  const [, encoded] = BASIC.exec(value) ?? [];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  // Node puts up with missing padding and with bits that stand for nothing.
  if (bytes.toString('base64') !== encoded || !isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0 || CONTROL.test(text)) return undefined;
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
