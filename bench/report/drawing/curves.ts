// A plot of curves, each labelled beside its end.

import type { Look } from '../shared/looks.js';
import { type Markup, markup } from '../shared/markup.js';
import { BASELINE_SHIFT, drawing, levelTicks, shorten, uprightTicks, WIDTH } from './frame.js';
import type { Extent, Scale } from './scale.js';
import { spreadLabels } from './spread-labels.js';

export interface Curve {
  readonly look: Look;
  /** Ordered by x. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Whether dots mark the points, because they are measured and far apart. */
  readonly dotted: boolean;
  /** Shown when the curve is pointed at. */
  readonly note: string;
}

export interface CurvePlot {
  readonly description: string;
  readonly xTitle: string;
  readonly curves: readonly Curve[];
  x(extent: Extent): Scale;
  y(extent: Extent): Scale;
}

const LEFT = 40;
const RIGHT = 312;
const LABELS_AT = 326;
const LABEL_GAP = 14;
const TOP = 8;
const HEIGHT_MIN = 212;

const path = (points: readonly (readonly [number, number])[]): Markup[] =>
  points.map(([x, y], index) => markup`${index === 0 ? 'M' : 'L'}${x} ${y}`);

export function curvePlot({ description, xTitle, curves, x, y }: CurvePlot): Markup {
  const bottom = TOP + Math.max(HEIGHT_MIN, curves.length * LABEL_GAP);
  const [across, up] = [x([LEFT, RIGHT]), y([bottom, TOP])];
  const placed = curves.map(({ points }) => points.map(([px, py]) => [across.at(px), up.at(py)] as const));
  const ends = placed.map((points) => points[points.length - 1]);
  const labels = spreadLabels(
    ends.map(([, end]) => end),
    LABEL_GAP,
    TOP,
    bottom,
  );
  const drawn = curves.map(({ look, dotted, note }, index) => {
    const points = dotted ? placed[index] : [ends[index]];
    const dots = points.map(([px, py]) => markup`<circle cx="${px}" cy="${py}" r="2.6"/>`);
    const [endX, endY] = ends[index];
    return markup`<g><title>${`${look.label}: ${note}`}</title><path class="leader" stroke="${look.colour}" d="M${endX} ${endY}L${LABELS_AT - 4} ${labels[index]}"/><path class="curve" stroke="${look.colour}" stroke-dasharray="${look.dash}" d="${path(placed[index])}"/><g fill="${look.colour}">${dots}<text class="name" x="${LABELS_AT}" y="${labels[index] + BASELINE_SHIFT}">${shorten(look.label)}</text></g></g>`;
  });
  const title = markup`<text class="tick" x="${WIDTH}" y="${bottom + 14}" text-anchor="end">${xTitle}</text>`;
  return drawing(bottom + 20, description, [
    ...levelTicks(up, LEFT, RIGHT),
    ...uprightTicks(across, TOP, bottom),
    title,
    ...drawn,
  ]);
}
