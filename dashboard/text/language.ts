// The language of the page, and its texts. The choice is kept in this browser; without one the browser's own languages decide.
import { CHINESE } from './chinese.js';
import { CHINESE_CODES } from './codes-chinese.js';
import { ENGLISH_CODES } from './codes-english.js';
import { ENGLISH } from './english.js';
import { CHINESE_REASONS } from './reasons-chinese.js';

export type TextKey = keyof typeof ENGLISH;
export type Language = 'en' | 'zh';

const TABLES: Readonly<Record<Language, Readonly<Record<TextKey, string>>>> = { en: ENGLISH, zh: CHINESE };
const CODES: Readonly<Record<Language, Readonly<Record<string, string>>>> = { en: ENGLISH_CODES, zh: CHINESE_CODES };
const KEPT_AS = 'tcproute-language';

let current: Language = 'en';

export function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT_AS);
  if (kept === 'en' || kept === 'zh') return kept;
  const wanted = navigator.languages.find((one) => /^(en|zh)\b/i.test(one)) ?? 'en';
  return wanted.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export const language = (): Language => current;

export function setLanguage(wanted: Language): void {
  current = wanted;
  document.documentElement.lang = wanted === 'zh' ? 'zh-CN' : 'en';
}

export function keepLanguage(wanted: Language): void {
  localStorage.setItem(KEPT_AS, wanted);
}

/** The text, with values in the place of `{names}`. */
export function text(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  return TABLES[current][key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

/** What a code of the gateway means; one that this page does not know is shown as it is. */
export function codeText(code: string): string {
  return Object.hasOwn(CODES[current], code) ? (CODES[current][code] as string) : code;
}

/** Why a candidate has its place. `said`: the gateway's own sentence, which is English. */
export function reasonText(kind: string, said: string): string {
  return current === 'zh' && Object.hasOwn(CHINESE_REASONS, kind) ? (CHINESE_REASONS[kind] as string) : said;
}
