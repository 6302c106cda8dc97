// Checks `admin.token_file`, and reads the token.
import type { AdminToken } from '../../../../protocol/admin-options.js';
import { secretOfFile } from '../values/secret.js';
import type { Check } from '../values/setting.js';

const LEAST = 16;
const MOST = 512;
/** What a client may write behind "Bearer" (RFC 6750 section 2.1), and in a URL without an escape. */
const FORM = /^[\w.~-]+$/;
const FORM_TEXT = `${LEAST} to ${MOST} letters, digits and - . _ ~`;
export const TOKEN_ALLOWED = `the path of a file with a token of ${FORM_TEXT}`;

export const checkToken: Check<AdminToken> = (value, place, diagnostics) => {
  const secret = secretOfFile(value, place, diagnostics);
  if (secret.kind !== 'given') return undefined;
  const { value: token } = secret;
  if (typeof token === 'string' && token.length >= LEAST && token.length <= MOST && FORM.test(token))
    return { path: String(value), token };
  diagnostics.error(place, `the file holds no token; needed: ${FORM_TEXT}`);
  return undefined;
};
