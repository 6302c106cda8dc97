// Clients and users by connections and bytes: of the live connections and of those that ended last, as far as the gateway lists them.
import type { Connection, ConnectionList } from '../api/shapes.js';
import { el } from '../dom/element.js';
import { table } from '../dom/table.js';
import { text } from '../text/language.js';
import { bytes, whole } from '../values/format.js';
import { poll } from '../view/poll.js';
import { choice, field, frame, type MakeView } from '../view/view.js';
import { type Holder, holdersOf } from './holders.js';

const EVERY_MS = 5000;
/** Connections of each kind that are counted. */
const COUNTED_MAX = 500;

export const clients: MakeView = ({ api }) => {
  const by = choice([
    ['client', text('client')],
    ['user', text('user')],
  ]);
  const list = table<Holder>({
    caption: text('clients'),
    empty: text('no-connections'),
    isStacked: true,
    keyOf: ({ name }) => name,
    columns: [
      { head: text('who'), isHeader: true, cell: ({ name }) => (name === '' ? el('i', {}, text('no-user')) : name) },
      { head: text('live'), kind: 'number', cell: ({ live }) => whole(live) },
      { head: text('ended'), kind: 'number', cell: ({ ended }) => whole(ended) },
      { head: text('failed'), kind: 'number', cell: ({ failed }) => whole(failed) },
      { head: text('down'), kind: 'number', cell: ({ bytes_down }) => bytes(bytes_down) },
      { head: text('up'), kind: 'number', cell: ({ bytes_up }) => bytes(bytes_up) },
      { head: text('goes-to'), cell: ({ targets }) => targets.join(', ') },
    ],
  });
  const count = el('p', { class: 'count' });
  const form = el('form', { class: 'filters', onsubmit: (event) => event.preventDefault() }, field(text('by'), by));
  const view = frame(text('clients'), [], form, count, list.element);
  let all: readonly Connection[] = [];
  const draw = (): void => list.update(holdersOf(all, by.value === 'user' ? 'user' : 'client'));
  form.addEventListener('change', draw);

  const asked = poll<readonly [ConnectionList, ConnectionList]>(
    EVERY_MS,
    async () => {
      const live = await api.get<ConnectionList>('/connections', {
        state: 'live',
        sort: 'bytes_down',
        limit: COUNTED_MAX,
      });
      if (live.kind !== 'answer') return live;
      const ended = await api.get<ConnectionList>('/connections', { state: 'ended', limit: COUNTED_MAX });
      return ended.kind === 'answer' ? { kind: 'answer', value: [live.value, ended.value] } : ended;
    },
    ([live, ended]) => {
      all = [...live.connections, ...ended.connections];
      count.textContent = text('clients-counted', {
        live: whole(live.connections.length),
        all: whole(live.matched),
        ended: whole(ended.connections.length),
      });
      draw();
    },
    view.trouble,
  );
  return { element: view.element, stop: asked.stop };
};
