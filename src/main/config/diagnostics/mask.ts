// Shows a configured value in a message and masks every part that may be a password. Not for logs of connections.

const SECRET_KEY = /pass|pwd|secret|token|credential/i;
const SHOWN_LENGTH_MAX = 100;

/** `key`: that of the value. The value of a secret key is replaced by its type. */
export function shown(value: unknown, key: string): string {
  if (SECRET_KEY.test(key)) return `*** (${typeOf(value)})`;
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(Array.isArray(value) ? value.slice(0, SHOWN_LENGTH_MAX) : value, mask) ?? String(value);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}

function mask(key: string, value: unknown): unknown {
  if (SECRET_KEY.test(key)) return '***';
  if (typeof value === 'bigint') return String(value);
  // `user:password@host`, in a value where it does not belong.
  return typeof value === 'string' ? value.replace(/^.*@/s, '***@') : value;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}
