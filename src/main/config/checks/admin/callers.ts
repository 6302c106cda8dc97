// Checks by what names browsers may call, and from pages of which origins.
import { normaliseName } from '../../../../protocol/address/host-name.js';
import { allowedList, checkList } from '../values/name-list.js';

const HOST_NAMES = { max: 16, entry: 'a host name', parse: normaliseName };
const ORIGINS = { max: 16, entry: 'an origin, such as https://example.org or http://localhost:3000', parse: originOf };

export const HOST_NAMES_ALLOWED = allowedList(HOST_NAMES);
export const checkHostNames = checkList(HOST_NAMES);
export const ORIGINS_ALLOWED = allowedList(ORIGINS);
export const checkOrigins = checkList(ORIGINS);

/** As browsers write it (RFC 6454 section 6.2). */
function originOf(text: string): string | undefined {
  if (!/^https?:\/\/[^/?#@\s]+\/?$/i.test(text) || !URL.canParse(text)) return undefined;
  return new URL(text).origin;
}
