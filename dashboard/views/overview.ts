// What happens now: traffic, connections, the lines, and the races that went wrong or were rescued last.
import type { Connection, LineState, Status } from '../api/shapes.js';
import { el, fill } from '../dom/element.js';
import { table } from '../dom/table.js';
import { plot } from '../plot/plot.js';
import { text } from '../text/language.js';
import { byteRate, bytes, clock, duration, perSecond, share, whole } from '../values/format.js';
import { poll } from '../view/poll.js';
import { facts, frame, type MakeView, panel } from '../view/view.js';
import { endingOf, hostLink } from './connection-cells.js';
import { healthOf } from './line-cells.js';

const EVERY_MS = 3000;
const LAST = 8;
/** Up to a TiB a second. */
const POWERS_OF_TWO = Array.from({ length: 41 }, (_, power) => 2 ** power);

export const overview: MakeView = ({ api, live }) => {
  const figures = el('div', { class: 'figures' });
  const traffic = plot({
    lines: [
      { name: text('down'), colour: '--down' },
      { name: text('up'), colour: '--up', isDashed: true },
    ],
    format: byteRate,
    steps: POWERS_OF_TWO,
    height: 190,
  });
  const connections = plot({
    lines: [
      { name: text('live'), colour: '--live' },
      { name: text('opened-per-s'), colour: '--opened', isDashed: true },
    ],
    format: (value) => (Number.isInteger(value) ? whole(value) : ''),
    height: 190,
  });
  const trafficNow = el('p', { class: 'keys' });
  const connectionsNow = el('p', { class: 'keys' });
  const lines = table<LineState>({
    caption: text('lines'),
    empty: text('no-lines'),
    keyOf: ({ line }) => line,
    columns: [
      {
        head: text('line'),
        isHeader: true,
        cell: ({ line }) => el('a', { href: `#/lines/${encodeURIComponent(line)}` }, line),
      },
      { head: text('health'), cell: healthOf },
      { head: text('wins'), kind: 'number', cell: ({ wins }) => whole(wins) },
      { head: text('rescues'), kind: 'number wide', cell: ({ rescues }) => whole(rescues) },
      { head: text('down'), kind: 'number wide', cell: ({ bytes_down }) => bytes(bytes_down) },
    ],
  });
  const last = table<Connection>({
    caption: text('last-connections'),
    empty: text('no-connections'),
    keyOf: ({ id }) => id,
    columns: [
      { head: text('opened'), kind: 'wide', cell: ({ opened_at }) => clock(opened_at) },
      { head: text('target'), isHeader: true, cell: hostLink },
      { head: text('line'), cell: ({ line }) => line ?? '–' },
      {
        head: text('connect'),
        kind: 'number wide',
        cell: ({ connect_ms }) => (connect_ms === undefined ? '–' : duration(connect_ms)),
      },
      { head: text('state'), cell: endingOf },
    ],
  });
  const view = frame(
    text('overview'),
    [],
    figures,
    el(
      'div',
      { class: 'halves' },
      panel(text('traffic'), trafficNow, traffic.element),
      panel(text('connections'), connectionsNow, connections.element),
    ),
    el('div', { class: 'halves' }, panel(text('lines'), lines.element), panel(text('last-connections'), last.element)),
  );

  let status: Status | undefined;
  const drawFigures = (): void => {
    const now = live.last;
    const totals = status?.totals;
    fill(
      figures,
      facts([
        [text('live'), whole(now?.live ?? status?.connections.live ?? 0)],
        [text('opened-per-s'), perSecond(now?.opened_per_s ?? 0)],
        [text('down'), byteRate(now?.bytes_down_per_s ?? 0)],
        [text('up'), byteRate(now?.bytes_up_per_s ?? 0)],
        [
          text('succeeded'),
          totals === undefined
            ? '–'
            : share(totals['connected'] ?? 0, (totals['connected'] ?? 0) + (totals['failed'] ?? 0)),
        ],
        [text('rescues'), totals === undefined ? '–' : whole(totals['rescued'] ?? 0)],
      ]),
    );
  };
  const drawLive = (): void => {
    const { at, down, up, live: open, opened } = live.traffic;
    traffic.update([at, down, up]);
    connections.update([at, open, opened]);
    const now = live.last;
    fill(
      trafficNow,
      ...keyOf('down', 'down', byteRate(now?.bytes_down_per_s ?? 0)),
      ...keyOf('up', 'up', byteRate(now?.bytes_up_per_s ?? 0)),
    );
    fill(
      connectionsNow,
      ...keyOf('live', 'live', whole(now?.live ?? 0)),
      ...keyOf('opened', 'opened-per-s', perSecond(now?.opened_per_s ?? 0)),
    );
    drawFigures();
  };
  const unwatch = live.watch(drawLive);
  const statusPoll = poll<Status>(
    EVERY_MS,
    () => api.get('/status'),
    (value) => {
      status = value;
      drawFigures();
    },
    view.trouble,
  );
  const linesPoll = poll<{ lines: readonly LineState[] }>(
    EVERY_MS,
    () => api.get('/lines'),
    (value) => lines.update(value.lines),
    () => {},
  );
  const lastPoll = poll<{ connections: readonly Connection[] }>(
    EVERY_MS,
    () => api.get('/connections', { state: 'ended', limit: LAST }),
    (value) => last.update(value.connections),
    () => {},
  );
  drawLive();
  return {
    element: view.element,
    stop() {
      unwatch();
      for (const one of [statusPoll, linesPoll, lastPoll, traffic, connections]) one.stop();
    },
  };
};

/** The name of a line of the plot with its value now; the sample of the line has its form and colour. */
function keyOf(sample: string, name: 'down' | 'up' | 'live' | 'opened-per-s', value: string) {
  return [
    el('span', { class: `sample ${sample}`, 'aria-hidden': 'true' }),
    el('span', {}, `${text(name)} `),
    el('b', {}, value),
  ];
}
