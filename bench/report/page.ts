// The results as one HTML page that needs nothing else: no file, no network, no script. Pure.
import { BASELINE } from '../peers/all.js';
import type { Results } from '../results.js';
import type { Row } from '../summary.js';
import { columnsFor } from '../table.js';
import { TARGETS } from '../targets.js';
import { type Figures, figuresOf, type LoadFigures } from './figures.js';
import { renderHead } from './head.js';
import { type Markup, markup } from './markup.js';
import { type OtherPart, otherParts, plotsOfPart } from './other-parts.js';
import type { Plot, Setting } from './plot.js';
import { plotsOf } from './plots.js';
import { STYLE } from './style.js';
import { renderFigures, renderRows, renderVerdicts } from './tables.js';
import { verdictsOf } from './verdicts.js';

function targets(rows: readonly Row[], look: Setting['look']): Markup | undefined {
  const verdicts = verdictsOf(rows, TARGETS);
  if (verdicts.length === 0) return undefined;
  const held = verdicts.filter(({ holds }) => holds).length;
  return markup`<section><h2>Targets <span>${held} of ${verdicts.length} hold</span></h2>
<p class="note">✓ holds, ✗ missed. A target is listed only where both sides of it were measured; all are of medians.</p>
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

function loadSection({ name, title, rows }: LoadFigures, setting: Setting): Markup {
  return markup`<section><h2>${name} <span>${title}</span></h2>
${figuresFor(plotsOf(name, rows, setting))}
<details><summary>All figures</summary>${renderRows(rows, columnsFor(name, setting.baseline))}</details></section>`;
}

function otherSection(part: OtherPart, setting: Setting): Markup {
  return markup`<section><h2>${part.name}</h2>
${figuresFor(plotsOfPart(part, setting))}</section>`;
}

export function renderPage(results: Results): string {
  const figures = figuresOf(results);
  const setting: Setting = { baseline: BASELINE, look: figures.look };
  const body = [
    renderHead(results),
    targets(results.summary, figures.look),
    mainFigures(figures),
    ...figures.loads.map((load) => loadSection(load, setting)),
    ...otherParts(results).map((part) => otherSection(part, setting)),
  ];
  // The policy holds the page to its promise, whatever is in the results.
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
<footer><p>Dots below a bar are single rounds; the line joins the smallest and the largest. Point at a bar or a curve for its values. On a noisy machine trust ratios rather than absolute figures.</p></footer>
</main></body>
</html>
`.text;
}
