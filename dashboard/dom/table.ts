// A table whose rows stay the same elements while what they show changes: the focus, a selection and the place to which a reader
// has scrolled outlive each update. A cell is drawn again only where its text has changed.
import { type Child, el, fill } from './element.js';

export interface Column<Item> {
  readonly head: string;
  /** Of the cells and the head: `number` aligns to the right, `wide` is not shown on a phone. */
  readonly kind?: string;
  /** The header of its row. */
  readonly isHeader?: boolean;
  cell(item: Item): Child | readonly Child[];
  /** Drawn once for each row, such as a button: it reads what the row shows when it is used. */
  fixed?(item: () => Item): Child;
}

export interface TableParts<Item> {
  readonly caption: string;
  readonly columns: readonly Column<Item>[];
  keyOf(item: Item): string;
  /** What is said where there are no rows. */
  readonly empty: string;
  /** On a phone each row is a block, with the heads before the values: for tables with long texts. */
  readonly isStacked?: boolean;
}

interface Row<Item> {
  readonly element: HTMLTableRowElement;
  readonly cells: readonly HTMLTableCellElement[];
  readonly shown: string[];
  item: Item;
}

export interface Table<Item> {
  readonly element: HTMLElement;
  update(items: readonly Item[]): void;
}

export function table<Item>({ caption, columns, keyOf, empty, isStacked }: TableParts<Item>): Table<Item> {
  const rows = new Map<string, Row<Item>>();
  const body = el('tbody');
  const nothing = el('p', { class: 'empty', hidden: true }, empty);
  const heads = columns.map(({ head, kind }) =>
    head === '' ? el('td', { class: kind }) : el('th', { scope: 'col', class: kind }, head),
  );
  const grid = el(
    'table',
    { class: isStacked ? 'stacked' : undefined },
    el('caption', { class: 'unseen' }, caption),
    el('thead', {}, el('tr', {}, ...heads)),
    body,
  );
  const scroller = el('div', { class: 'scroller', role: 'region', 'aria-label': caption, tabindex: 0 }, grid);

  const make = (item: Item): Row<Item> => {
    const row: { item: Item } = { item };
    const cells = columns.map(({ kind, isHeader, fixed, head }) => {
      const attributes = { class: kind, 'data-head': head };
      const cell = isHeader ? el('th', { ...attributes, scope: 'row' }) : el('td', attributes);
      if (fixed !== undefined)
        fill(
          cell,
          fixed(() => row.item),
        );
      return cell;
    });
    return Object.assign(row, { element: el('tr', {}, ...cells), cells, shown: cells.map(() => '\0') });
  };

  const draw = (row: Row<Item>): void => {
    for (const [place, column] of columns.entries()) {
      if (column.fixed !== undefined) continue;
      const drawn = column.cell(row.item);
      const children = Array.isArray(drawn) ? (drawn as readonly Child[]) : [drawn as Child];
      const signature = children.map(signatureOf).join('\u0001');
      if (signature === row.shown[place]) continue;
      row.shown[place] = signature;
      fill(row.cells[place] as Element, ...children);
    }
  };

  return {
    element: el('div', {}, scroller, nothing),
    update(items) {
      const keys = new Set(items.map(keyOf));
      for (const [key, { element }] of rows) {
        if (keys.has(key)) continue;
        element.remove();
        rows.delete(key);
      }
      let after: Element | null = null;
      for (const item of items) {
        const key = keyOf(item);
        const row = rows.get(key) ?? make(item);
        rows.set(key, row);
        row.item = item;
        draw(row);
        const place: Element | null = after === null ? body.firstElementChild : after.nextElementSibling;
        // An element that moves loses the focus, so only what stands elsewhere is moved.
        if (place !== row.element) body.insertBefore(row.element, place);
        after = row.element;
      }
      scroller.hidden = items.length === 0;
      nothing.hidden = items.length > 0;
    },
  };
}

function signatureOf(child: Child): string {
  if (child instanceof Element) return child.outerHTML;
  return child instanceof Node ? (child.textContent ?? '') : String(child);
}
