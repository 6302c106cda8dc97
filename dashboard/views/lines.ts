// All lines side by side: whether they work, which share of the races they win, and how fast they are.
import type { LineState } from '../api/shapes.js';
import { el, svg } from '../dom/element.js';
import { table } from '../dom/table.js';
import { histogram } from '../plot/histogram.js';
import { text } from '../text/language.js';
import { bytes, share, whole } from '../values/format.js';
import { poll } from '../view/poll.js';
import { frame, type MakeView } from '../view/view.js';
import { healthOf } from './line-cells.js';

const EVERY_MS = 3000;

export const lines: MakeView = ({ api }) => {
  const list = table<LineState>({
    caption: text('lines'),
    empty: text('no-lines'),
    isStacked: true,
    keyOf: ({ line }) => line,
    columns: [
      {
        head: text('line'),
        isHeader: true,
        cell: ({ line }) => el('a', { href: `#/lines/${encodeURIComponent(line)}` }, line),
      },
      { head: text('health'), cell: healthOf },
      { head: text('wins'), kind: 'number', cell: shareBar },
      { head: text('attempts'), kind: 'number', cell: ({ attempts }) => whole(attempts) },
      { head: text('rescues'), kind: 'number', cell: ({ rescues }) => whole(rescues) },
      { head: text('failures'), kind: 'number', cell: ({ failures }) => whole(failures) },
      {
        head: text('connect-half'),
        cell: ({ connect }) => histogram(text('connect-times'), connect, true),
      },
      {
        head: text('first-byte-half'),
        cell: ({ first_byte }) => histogram(text('first-byte-times'), first_byte, true),
      },
      { head: text('down'), kind: 'number', cell: ({ bytes_down }) => bytes(bytes_down) },
      { head: text('up'), kind: 'number', cell: ({ bytes_up }) => bytes(bytes_up) },
    ],
  });
  const view = frame(text('lines'), [], el('p', { class: 'lead' }, text('lines-lead')), list.element);
  const asked = poll<{ lines: readonly LineState[] }>(
    EVERY_MS,
    () => api.get('/lines'),
    (answer) => list.update(answer.lines),
    view.trouble,
  );
  return { element: view.element, stop: asked.stop };
};

function shareBar({ wins, win_share }: LineState): HTMLElement {
  const width = 100 * (win_share ?? 0);
  return el(
    'span',
    { class: 'share' },
    el('span', {}, win_share === null ? '–' : share(win_share, 1)),
    svg(
      'svg',
      { width: 64, height: 6, 'aria-hidden': 'true' },
      svg('rect', { class: 'share-all', width: '100%', height: 6, rx: 3 }),
      svg('rect', { class: 'share-part', width: `${width}%`, height: 6, rx: 3 }),
    ),
    el('span', { class: 'sub' }, whole(wins)),
  );
}
