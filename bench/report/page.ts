// The results as one HTML page that loads nothing: no file, no network, no script. Pure.
import { BASELINE } from '../peers/all.js';
import type { Summary } from '../results/measured.js';
import type { Results } from '../results/results.js';
import { TARGETS } from '../results/targets.js';
import { BASE_COLUMNS, BASE_NOTE } from '../tables/base-table.js';
import type { ColumnOf } from '../tables/columns.js';
import { COMPARISON_COLUMNS } from '../tables/comparison-table.js';
import { SYSCALLS_COLUMNS, SYSCALLS_NOTE } from '../tables/syscalls-table.js';
import { columnsFor, noteFor } from '../tables/table.js';
import { type Figures, figuresOf } from './figures/figures.js';
import { type Part, partsOf } from './figures/parts.js';
import { verdictsOf } from './figures/verdicts.js';
import { renderHead } from './page/head.js';
import { STYLE } from './page/style.js';
import { renderFigures, renderRows, renderVerdicts } from './page/tables.js';
import { basePlots } from './plots/base-plots.js';
import { comparisonPlots } from './plots/comparison-plots.js';
import type { Plot, Setting } from './plots/plot.js';
import { plotsOf } from './plots/plots.js';
import { syscallsPlot } from './plots/syscalls-plot.js';
import { type Markup, markup } from './shared/markup.js';

function targets(summary: Summary, look: Setting['look']): Markup | undefined {
  const verdicts = verdictsOf(summary, TARGETS);
  if (verdicts.length === 0) return undefined;
  const held = verdicts.filter(({ holds }) => holds).length;
  return markup`<section><h2>Targets <span>${held} of ${verdicts.length} hold</span></h2>
<p class="note">✓ holds, ✗ missed. A target is listed only where both sides of it were measured. All are of medians but CPU at rest, which is measured once.</p>
${renderVerdicts(verdicts, look)}</section>`;
}

function mainFigures(figures: Figures): Markup {
  const names = figures.references.map(({ name, subjects }) => {
    const [first] = subjects;
    return first === name ? name : `${name} (${first} where it takes part)`;
  });
  const small = names.length === 0 ? '' : ` In small: in relation to ${names.join(' · ')}.`;
  return markup`<section><h2>Main figures</h2>
<p class="note">Medians. CPU time is the subject’s own, user and system.${small}</p>
${renderFigures(figures)}</section>`;
}

function figuresFor(plots: readonly Plot[]): Markup {
  const figures = plots.map(
    ({ title, unit, hint, drawing }) =>
      markup`<figure><figcaption><b>${title}</b>${unit === '' ? '' : `, ${unit}`} <span>${hint}</span></figcaption>${drawing}</figure>`,
  );
  return markup`<div class="plots">${figures}</div>`;
}

/** The section of one part of the results: its plots, and the table that the bench prints. */
function section<Some>(
  { name, title, rows }: Part<Some>,
  plots: readonly Plot[],
  columns: readonly ColumnOf<Some>[],
  note: string,
): Markup {
  return markup`<section><h2>${name} <span>${title}</span></h2>
${figuresFor(plots)}
<details><summary>All figures</summary>${note === '' ? undefined : markup`<p class="note">${note}</p>`}${renderRows(rows, columns)}</details></section>`;
}

function sections(results: Results, setting: Setting): Markup[] {
  const { loads, comparisons, base, syscalls } = partsOf(results);
  return [
    ...loads.map((part) => {
      const { name, rows } = part;
      return section(part, plotsOf(name, rows, setting), columnsFor(name, BASELINE), noteFor(name));
    }),
    ...comparisons.map((part) => section(part, comparisonPlots(part.rows, setting), COMPARISON_COLUMNS, '')),
    ...base.map((part) => section(part, basePlots(part.rows, setting), BASE_COLUMNS, BASE_NOTE)),
    ...syscalls.map((part) => section(part, syscallsPlot(part.rows, setting), SYSCALLS_COLUMNS, SYSCALLS_NOTE)),
  ];
}

export function renderPage(results: Results): string {
  const figures = figuresOf(results);
  const body = [
    renderHead(results),
    targets(results.summary, figures.look),
    mainFigures(figures),
    ...sections(results, { baseline: BASELINE, look: figures.look }),
  ];
  // The Content-Security-Policy keeps the page from loading anything, whatever is in the results.
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>TcpRoute bench, ${results.began.slice(0, 10)}</title>
<style>${STYLE}</style>
</head>
<body><main>
${body}
<footer><p>Dots below a bar are single rounds, or starts; the line joins the smallest and the largest. Point at a bar or a curve for its values. On a noisy machine trust ratios rather than absolute figures.</p></footer>
</main></body>
</html>
`.text;
}
