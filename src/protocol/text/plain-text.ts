// Makes text from outside (arguments, file names, answers of proxies and DNS servers) safe to print: a control character
// could move the cursor or end a line of a log, and a bidi override shows text in another order. The result is for people
// only: nothing is compared or stored in this form.

/** Control characters, format characters (such as bidi overrides), line separators, and halves of surrogate pairs. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** A JSON string, or a key or value that is one; what is called `stack` with its key. */
const STRING = /("stack":)?"[^"\\]*(?:\\[\s\S][^"\\]*)*"/g;
/** Any escape in a JSON string; one with digits stands for one UTF-16 unit. */
const ESCAPE = /\\(?:u([0-9a-f]{4})|[\s\S])/gi;

/** Replaces unsafe characters by text such as `\x1b` or `\u{202e}`. */
export function plain(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) as number;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** A copy of a tree with `plain` applied to every text; keys stay as they are. */
export function plainTree<T>(value: T): T {
  if (typeof value === 'string') return plain(value) as T;
  if (Array.isArray(value)) return value.map(plainTree) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plainTree(part as unknown)])) as T;
}

/** The same JSON with unsafe characters in its strings escaped; it parses to the same value. */
export function plainJson(json: string): string {
  return json.replace(UNSAFE, (character) => {
    // Such a character is white space between values; JSON does not allow it in a string.
    if (character < ' ') return character;
    return [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join('');
  });
}

/**
 * JSON whose strings are plain text once it is parsed. Line ends and tabs stay in stack traces (`stack`), whose lines pino-pretty
 * indents; anywhere else they could begin a line that looks like another record.
 */
export function plainWhenRead(json: string): string {
  return plainJson(json).replace(STRING, (text, stack: string | undefined) =>
    shown(text, stack === undefined ? /^\\[bfrnt]$/ : /^\\[bfr]$/),
  );
}

/** `unsafe`: the escapes without digits that are shown as such. */
function shown(json: string, unsafe: RegExp): string {
  return json.replace(ESCAPE, (written, digits: string | undefined) => {
    if (digits === undefined) return unsafe.test(written) ? `\\${written}` : written;
    const unit = String.fromCharCode(Number.parseInt(digits, 16));
    return plain(unit) === unit ? written : `\\${written}`;
  });
}
