// Turns the text of an environment variable or a flag into the value that a file would hold. It does not check the value: a
// text that cannot be converted is passed on unchanged, and the setting's check says what is allowed.
import { type Parsed, parseJson } from './syntax.js';

export type TextReader = (text: string) => Parsed;

export const asText: TextReader = (text) => ({ kind: 'parsed', value: text });

export const asInteger: TextReader = (text) => ({
  kind: 'parsed',
  value: /^[+-]?\d{1,15}$/.test(text) ? Number(text) : text,
});

export const asFlag: TextReader = (text) => ({
  kind: 'parsed',
  value: text === 'true' || text === 'on' ? true : text === 'false' || text === 'off' ? false : text,
});

/** `one`, `one,two` or a JSON list of strings. (`[::1]:53` begins like a list, but has no quotes.) */
export const asList: TextReader = (text) => {
  if (/["']/.test(text)) return parseJson(text);
  if (/^\[\s*\]$/.test(text)) return { kind: 'parsed', value: [] };
  const parts = text.split(',').map((part) => part.trim());
  return { kind: 'parsed', value: parts.length === 1 ? parts[0] : parts };
};

export const asJson: TextReader = (text) => parseJson(text);

/** JSON, or one line as a text. */
export const asLines: TextReader = (text) =>
  /^(?:direct$|socks5h?:|socks4a?:|https?:)/.test(text) ? asText(text) : parseJson(text);
