// Text that others wrote (arguments, names of files, answers of proxies and DNS servers), made safe to print: a control
// character could move the cursor or end a line of a log, and a bidi override shows text in another order than it has.
// Only for people who read: nothing is compared or stored in this form.

/** Control and format characters (bidi overrides are among them), separators of lines, halves of surrogate pairs. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** Any escape in a string of JSON; one with digits stands for one UTF-16 unit. */
const ESCAPE = /\\(?:u([0-9a-f]{4})|[\s\S])/gi;

/** `\x1b` and `\u{202e}` in place of such characters. */
export function plain(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) as number;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** The same of every text in a tree. */
export function plainTree<T>(value: T): T {
  if (typeof value === 'string') return plain(value) as T;
  if (Array.isArray(value)) return value.map(plainTree) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plainTree(part as unknown)])) as T;
}

/** The same text as JSON, with these characters escaped. It means the same. */
export function plainJson(json: string): string {
  return json.replace(UNSAFE, (character) => {
    // Between values it is white space; within a string JSON does not allow it.
    if (character < ' ') return character;
    return [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join('');
  });
}

/** JSON whose strings print as plain text once they are read. Line ends and tabs stay, as stacks have them. */
export function plainWhenRead(json: string): string {
  return plainJson(json).replace(ESCAPE, (written, digits: string | undefined) => {
    if (digits === undefined) return /^\\[bfr]$/.test(written) ? `\\${written}` : written;
    const unit = String.fromCharCode(Number.parseInt(digits, 16));
    return plain(unit) === unit ? written : `\\${written}`;
  });
}
