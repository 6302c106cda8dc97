// Shows a configured value in a message and masks every part that may be a password. Not for logs of connections.

const SECRET_KEY = /pass|pwd|secret|token|credential|^username_file$/i;
/** A hash of a password, which can be guessed by it. */
const HASH = /\$scrypt\$.*$/s;
const SHOWN_LENGTH_MAX = 100;

/** `key`: that of the value. The value of a secret key is replaced by its type. */
export function shown(value: unknown, key: string): string {
  if (isSecret(key, value)) return `*** (${typeOf(value)})`;
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(Array.isArray(value) ? value.slice(0, SHOWN_LENGTH_MAX) : value, mask) ?? String(value);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
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
