// Shows a configured value in a message, or as a whole, and masks every part that may be a password. Not for logs of connections.

const SECRET_KEY = /pass|pwd|secret|token|credential|^username_file$/i;
/** Names for a proxy are often half of a secret, and are masked as in a URL, where they stand before the password. */
const USERNAME_KEY = /^username$/i;
/** A hash of a password, which can be guessed by it. */
const HASH = /\$scrypt\$.*$/s;
const SHOWN_LENGTH_MAX = 100;
/** Of a value that is shown as a whole: entries of a list or keys of an object, characters of a text, and values in all. */
const ENTRIES_MAX = 200;
const TEXT_LENGTH_MAX = 2000;
const VALUES_MAX = 5000;

/** `key`: that of the value. The value of a secret key is replaced by its type. */
export function shown(value: unknown, key: string): string {
  if (isSecret(key, value)) return `*** (${typeOf(value)})`;
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(Array.isArray(value) ? value.slice(0, SHOWN_LENGTH_MAX) : value, mask) ?? String(value);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}

/** JSON of a value with `***` for what may be secret. What is beyond its bounds is left out, and a text says how much. */
export function masked(value: unknown, key: string): unknown {
  let left = VALUES_MAX;
  const mask = (one: unknown, at: string): unknown => {
    left -= 1;
    if (SECRET_KEY.test(at) || (USERNAME_KEY.test(at) && one !== null)) return '***';
    if (typeof one === 'string') return maskedText(one);
    if (typeof one === 'bigint') return String(one);
    if (typeof one !== 'object' || one === null) return one;
    const fields = Object.entries(one);
    const shown: [string, unknown][] = [];
    for (const [name, inner] of fields.slice(0, ENTRIES_MAX)) {
      if (left <= 0) break;
      // What stands beside the name of a user is a password, or an object with one.
      const isPassword = at === 'users' && !Array.isArray(one) && typeOf(inner) !== 'object';
      shown.push([name, isPassword ? '***' : mask(inner, Array.isArray(one) ? at : name)]);
    }
    const more = fields.length - shown.length;
    if (more > 0) shown.push(['…', `and ${more} more`]);
    return Array.isArray(one) ? shown.map(([, inner]) => inner) : Object.fromEntries(shown);
  };
  return mask(value, key);
}

/** Without what stands before `@`, and without values of a URL's query that may be secret. */
function maskedText(text: string): string {
  const bare = text
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, (_, scheme: string | undefined) => `${scheme ?? ''}***@`)
    .replace(/([?&][^=&]*(?:pass|pwd|secret|token|key)[^=&]*=)[^&#]*/gi, '$1***')
    .replace(HASH, '***');
  return bare.length > TEXT_LENGTH_MAX ? `${bare.slice(0, TEXT_LENGTH_MAX)}…` : bare;
}

function mask(key: string, value: unknown): unknown {
  if (isSecret(key, value)) return '***';
  if (typeof value === 'bigint') return String(value);
  // `user:password@host`, in a value where it does not belong.
  return typeof value === 'string' ? value.replace(/^.*@/s, '***@').replace(HASH, '***') : value;
}

/** The object `users` has passwords, in whichever form it was meant. */
function isSecret(key: string, value: unknown): boolean {
  return SECRET_KEY.test(key) || (key === 'users' && typeOf(value) === 'object');
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}
