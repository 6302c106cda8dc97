// A page taken apart, as far as tests need it: elements with their text, and whether every one is closed where it was
// opened.
const EMPTY = new Set(['meta', '!doctype']);

export interface Element {
  readonly tag: string;
  readonly attributes: string;
  /** Of it and all within. */
  text: string;
}

const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

/** In the order in which they begin. Throws when the page is not well formed. */
export function elementsOf(page: string): Element[] {
  const all: Element[] = [];
  const open: Element[] = [];
  let seen = 0;
  for (const [whole, closing, tag, attributes, empty, text] of page.matchAll(
    /<(\/?)(!?[a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?)>|([^<]+)/g,
  )) {
    seen += whole.length;
    if (text !== undefined) {
      for (const element of open) element.text += unescaped(text);
    } else if (closing === '/') {
      const last = open.pop();
      if (last?.tag !== tag) throw new Error(`</${tag}> closes <${last?.tag}>`);
    } else {
      const element = { tag, attributes: unescaped(attributes), text: '' };
      all.push(element);
      if (empty !== '/' && !EMPTY.has(tag)) open.push(element);
    }
  }
  if (seen < page.length) throw new Error(`${page.length - seen} characters are neither text nor a tag`);
  if (open.length > 0) throw new Error(`<${open[0].tag}> is not closed`);
  return all;
}

export const plots = (page: string): Element[] =>
  elementsOf(page).filter(({ tag, attributes }) => tag === 'svg' && attributes.includes('role="img"'));
