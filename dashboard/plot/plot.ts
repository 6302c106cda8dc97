// A plot of the last minutes over uplot. It follows the width of its place, and the colours of the page. The canvas says nothing to
// a screen reader: what it shows now stands beside it in words.
import UPlot from 'uplot';
import { el } from '../dom/element.js';
import { SECONDS_MAX } from './series.js';

const SECONDS_MIN = 60;

export interface Line {
  readonly name: string;
  /** The name of a colour of the page: `--down`. */
  readonly colour: string;
  /** Drawn with dashes, so that lines differ by more than their colour. */
  readonly isDashed?: boolean;
}

export interface PlotParts {
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  readonly height: number;
}

export interface Plot {
  readonly element: HTMLElement;
  update(data: readonly (readonly (number | null)[])[]): void;
  stop(): void;
}

export function plot({ lines, format, height }: PlotParts): Plot {
  const place = el('div', { class: 'plot', 'aria-hidden': 'true' });
  let data: readonly (readonly (number | null)[])[] = [[], ...lines.map(() => [])];
  let drawn: UPlot | undefined;

  const draw = (): void => {
    drawn?.destroy();
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const axis = { stroke: colour('--ink-3'), font, ticks: { show: false }, gap: 6 };
    const grid = { stroke: colour('--rule'), width: 1 };
    const options: UPlot.Options = {
      width: Math.max(place.clientWidth, 120),
      height,
      padding: [8, 26, 0, 0],
      cursor: { show: false },
      legend: { show: false },
      scales: {
        x: { time: true, range: (_, first, last) => windowOf(first, last) },
        y: { range: (_, __, max) => [0, Math.max((max ?? 0) * 1.1, 1)] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 28,
          space: 60,
          values: (_, splits) => splits.map(timeOf),
        },
        {
          ...axis,
          grid,
          size: 72,
          space: 36,
          values: (_, splits) => splits.map(format),
        },
      ],
      series: [
        {},
        ...lines.map(
          ({ name, colour: own, isDashed }): UPlot.Series => ({
            label: name,
            stroke: colour(own),
            width: 1.6,
            points: { show: false },
            ...(isDashed ? { dash: [5, 4] } : { fill: `${colour(own)}1f` }),
          }),
        ),
      ],
    };
    drawn = new UPlot(options, data as UPlot.AlignedData, place);
  };

  const resized = new ResizeObserver(() => {
    if (drawn === undefined) draw();
    else if (place.clientWidth > 0) drawn.setSize({ width: place.clientWidth, height });
  });
  resized.observe(place);
  const themes = new MutationObserver(draw);
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', draw);

  return {
    element: place,
    update(now) {
      data = now;
      drawn?.setData(now as UPlot.AlignedData);
    },
    stop() {
      resized.disconnect();
      themes.disconnect();
      dark.removeEventListener('change', draw);
      drawn?.destroy();
    },
  };
}

/** As much as there is: a minute at least, and what a series keeps at most. In seconds. */
function windowOf(first: number | null, last: number | null): [number, number] {
  const end = last ?? Date.now() / 1000;
  const seconds = Math.min(Math.max(end - (first ?? end), SECONDS_MIN), SECONDS_MAX);
  return [end - seconds, end];
}

function timeOf(at_s: number): string {
  const date = new Date(at_s * 1000);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
