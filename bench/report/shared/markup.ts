// HTML and SVG as text that is safe against injection: every value in a template is escaped, unless it is markup itself.
import { visible } from '../../results/visible.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Part = string | number | Markup | undefined | readonly Part[];

export const escapeText = (text: string): string =>
  visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);

function textOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string') return escapeText(part);
  // Numbers are coordinates: a hundredth of a pixel is enough.
  if (typeof part === 'number') return Number.isFinite(part) ? String(Math.round(part * 100) / 100) : '0';
  return part.map(textOf).join('');
}

/** A template: lists are joined, undefined is left out, numbers are rounded to hundredths. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, index) => text + textOf(parts[index])).join(''));
}
