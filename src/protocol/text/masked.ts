// Takes secrets out of text that comes from outside: a server or a proxy may say back what was said to it, and what it says is kept,
// logged and shown. Pure.

export const MASK = '***';
/** A secret may have been cut: so many of its first characters are enough. */
const PREFIX_LENGTH = 4;

/** `secrets`: as they were said; empty ones and those that there are not are left out. To be called before the text is cut. */
export function masked(text: string, secrets: readonly (string | undefined)[]): string {
  const forms = [...new Set(secrets.flatMap((secret) => (secret ? formsOf(secret) : [])))];
  if (forms.length === 0) return text;
  let result = '';
  for (let at = 0; at < text.length; ) {
    const length = Math.max(...forms.map((form) => lengthAt(text, at, form)));
    result += length > 0 ? MASK : text[at];
    at += Math.max(1, length);
  }
  return result;
}

/** As it may be said back: as it is, in a URL, in JSON, in base64, and with other letters in place of those that cannot be shown. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const base64 = secret.length < 8 ? [] : [bytes.toString('base64').replace(/=+$/, '')];
  return [secret, encodeURIComponent(Buffer.from(secret).toString()), json, bytes.toString('latin1'), ...base64];
}

/** How much of `form` stands there; 0 for less than its beginning. */
function lengthAt(text: string, at: number, form: string): number {
  let length = Math.min(form.length, PREFIX_LENGTH);
  if (!text.startsWith(form.slice(0, length), at)) return 0;
  while (length < form.length && text[at + length] === form[length]) length += 1;
  return length;
}
