// What happens now: traffic, connections, the lines, and the races that went wrong or were rescued last.
import type { Connection, LineState, Status } from '../api/shapes.js';
import { el, fill } from '../dom/element.js';
import { table } from '../dom/table.js';
import { plot } from '../plot/plot.js';
import { text } from '../text/language.js';
import { byteRate, bytes, clock, perSecond, share, whole } from '../values/format.js';
import { poll } from '../view/poll.js';
import { facts, frame, type MakeView, panel } from '../view/view.js';
import { hostLink, shortEndingOf } from './connection-cells.js';
import { healthOf } from './line-cells.js';
import { troubleList } from './troubles.js';

const EVERY_MS = 3000;
const LAST = 8;
export const overview: MakeView = ({ api, live }) => {
  const troubles = troubleList();
  const figures = el('div', { class: 'figures' });
  const traffic = plot({
    lines: [
      { name: text('down'), colour: '--down' },
      { name: text('up'), colour: '--up', isDashed: true },
    ],
    format: byteRate,
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
      {
        head: text('ended-at'),
        kind: 'wide',
        cell: ({ ended_at }) => (ended_at === undefined ? '–' : clock(ended_at)),
      },
      { head: text('target'), isHeader: true, cell: hostLink },
      { head: text('line'), cell: ({ line }) => el('span', { class: 'whole' }, line ?? '–') },
      { head: text('state'), cell: shortEndingOf },
    ],
  });
  const view = frame(
    text('overview'),
    [],
    troubles.element,
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
  let rescues: number | undefined;
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
          text('succeeded-all'),
          totals === undefined ? '–' : share(totals['connected'] ?? 0, (totals['connected'] ?? 0) + failedOf(totals)),
        ],
        // Many gateways carry no datagrams.
        ...(now?.flows ? [[text('flows'), whole(now.flows)] as const] : []),
        [text('rescues-all'), rescues === undefined ? '–' : whole(rescues)],
      ]),
    );
  };
  const drawTroubles = (): void => troubles.update(status, live.refused);
  const drawLive = (): void => {
    drawTroubles();
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
      drawTroubles();
      drawFigures();
    },
    view.trouble,
  );
  const linesPoll = poll<{ lines: readonly LineState[] }>(
    EVERY_MS,
    () => api.get('/lines'),
    (value) => {
      rescues = value.lines.reduce((sum, one) => sum + one.rescues, 0);
      lines.update(value.lines);
    },
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

/** Clients that failed by no rule: what a rule refuses is no failure of the gateway. */
const failedOf = (totals: Status['totals']): number =>
  Math.max(0, (totals['failed'] ?? 0) - (totals['blocked'] ?? 0) - (totals['denied'] ?? 0));

/** The name of a line of the plot with its value now; the sample of the line has its form and colour. */
function keyOf(sample: string, name: 'down' | 'up' | 'live' | 'opened-per-s', value: string) {
  return [
    el('span', { class: `sample ${sample}`, 'aria-hidden': 'true' }),
    el('span', {}, `${text(name)} `),
    el('b', {}, value),
  ];
}
