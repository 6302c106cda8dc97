// The tables of the page: targets, main figures, and all figures of a load.
import type { ColumnOf } from '../../tables/columns.js';
import type { Cell, Figures } from '../figures/figures.js';
import type { Verdict } from '../figures/verdicts.js';
import type { Entrant, Look } from '../shared/looks.js';
import { type Markup, markup } from '../shared/markup.js';
import { formatNumber, formatRatio } from '../shared/numbers.js';

/** A wide table scrolls within its own frame, not with the page. */
const framed = (kind: string, content: Markup): Markup =>
  markup`<div class="frame"><table class="${kind}">${content}</table></div>`;

const groupHead = (name: string, title: string | undefined, columns: number): Markup =>
  markup`<tr class="first"><th colspan="${columns}"><span><b>${name}</b> ${title}</span></th></tr>`;

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];

/** Empty where the target is not for that subject. */
function verdictCell(verdict: Verdict | undefined): Markup {
  if (verdict === undefined) return markup`<td></td>`;
  const { measured, holds } = verdict;
  return markup`<td class="number ${holds ? 'holds' : 'fails'}">${measured} <span title="${holds ? 'holds' : 'missed'}">${holds ? '✓' : '✗'}</span></td>`;
}

/** A line for each target of a load, with a column for each subject that has a target. */
export function renderVerdicts(verdicts: readonly Verdict[], look: (row: Entrant) => Look): Markup {
  const labels = distinct(verdicts.map(({ row }) => look(row).label));
  const groups = distinct(verdicts.map(({ load }) => load)).map((load) => {
    const some = verdicts.filter((verdict) => verdict.load === load);
    const rows = distinct(some.map(({ wanted }) => wanted)).map((wanted) => {
      const cells = labels.map((label) =>
        verdictCell(some.find((verdict) => verdict.wanted === wanted && look(verdict.row).label === label)),
      );
      return markup`<tr><th scope="row">${wanted}</th>${cells}</tr>`;
    });
    return markup`<tbody>${groupHead(load, undefined, labels.length + 1)}${rows}</tbody>`;
  });
  const heads = labels.map((label) => markup`<th class="number" scope="col">${label}</th>`);
  return framed('targets', markup`<thead><tr><th></th>${heads}</tr></thead>${groups}`);
}

function figureCell(cell: Cell | undefined): Markup {
  if (cell === undefined) return markup`<td class="number none">–</td>`;
  const ratios = cell.ratios.map((ratio) => (ratio === undefined ? '–' : formatRatio(ratio)));
  const known = cell.ratios.some((ratio) => ratio !== undefined);
  return markup`<td class="number">${formatNumber(cell.value)}<small>${known ? ratios.join(' · ') : ' '}</small></td>`;
}

export function renderFigures({ columns, groups }: Figures): Markup {
  const heads = columns.map(
    ({ label, colour }) => markup`<th class="number" scope="col"><i style="background:${colour}"></i>${label}</th>`,
  );
  const bodies = groups.map(({ name, title, lines }) => {
    const rows = lines.map(
      ({ title: quantity, unit, cells }) =>
        markup`<tr><th scope="row">${quantity}<small>${unit}</small></th>${cells.map(figureCell)}</tr>`,
    );
    return markup`<tbody>${groupHead(name, title, columns.length + 1)}${rows}</tbody>`;
  });
  return framed('figures', markup`<thead><tr><th></th>${heads}</tr></thead>${bodies}`);
}

/** The same table as the bench prints. */
export function renderRows<Row>(rows: readonly Row[], columns: readonly ColumnOf<Row>[]): Markup {
  const kind = (index: number): string => (index === 0 || columns[index][2] === 'left' ? '' : 'number');
  const heads = columns.map(([heading], index) => markup`<th class="${kind(index)}" scope="col">${heading}</th>`);
  const body = rows.map((row) => {
    const cells = columns.map(([, cell], index) => markup`<td class="${kind(index)}">${cell(row)}</td>`);
    return markup`<tr>${cells}</tr>`;
  });
  return framed('rows', markup`<thead><tr>${heads}</tr></thead><tbody>${body}</tbody>`);
}
