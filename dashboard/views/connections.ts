// Live connections and those that ended last: searched, sorted, and closed, one or all that match.
import type { Closed, Connection, ConnectionList } from '../api/shapes.js';
import { confirmed } from '../dom/dialog.js';
import { el } from '../dom/element.js';
import { table } from '../dom/table.js';
import { text } from '../text/language.js';
import { bytes, clock, duration, whole } from '../values/format.js';
import { poll, troubleOf } from '../view/poll.js';
import { button, choice, field, frame, type MakeView } from '../view/view.js';
import { endingOf, hostLink, placeOf } from './connection-cells.js';

const EVERY_MS = 2000;
const STEP = 50;
const SHOWN_MAX = 500;

export const connections: MakeView = ({ api, notices }) => {
  const which = choice([
    ['live', text('live')],
    ['ended', text('ended')],
  ]);
  const order = choice([
    ['opened_at desc', text('sort-newest')],
    ['opened_at asc', text('sort-oldest')],
    ['bytes_down desc', text('sort-down')],
    ['bytes_up desc', text('sort-up')],
    ['duration_ms desc', text('sort-longest')],
  ]);
  const searched = { target: input(), client: input(), user: input(), line: input() };
  let limit = STEP;

  const list = table<Connection>({
    caption: text('connections'),
    empty: text('no-connections'),
    keyOf: ({ id }) => id,
    columns: [
      {
        head: text('target'),
        isHeader: true,
        cell: (one) => [
          hostLink(one),
          el('span', { class: 'narrow' }, ...placeOf(one.client), ` · ${one.line ?? '–'}`),
        ],
      },
      {
        head: text('client'),
        kind: 'wide',
        cell: ({ client, user }) => [...placeOf(client), user ? el('span', { class: 'sub' }, user) : null],
      },
      {
        head: text('line'),
        kind: 'wide',
        cell: ({ line, address }) => [line ?? '–', address ? el('span', { class: 'sub' }, address) : null],
      },
      { head: text('state'), cell: endingOf },
      { head: text('attempts'), kind: 'number wide', cell: ({ attempts }) => whole(attempts) },
      { head: text('up'), kind: 'number wide', cell: ({ bytes_up }) => bytes(bytes_up) },
      { head: text('down'), kind: 'number', cell: ({ bytes_down }) => bytes(bytes_down) },
      { head: text('opened'), kind: 'wide', cell: ({ opened_at }) => clock(opened_at) },
      { head: text('lasted'), kind: 'number wide', cell: ({ duration_ms }) => duration(duration_ms) },
      {
        head: text('action'),
        kind: 'wide',
        cell: () => null,
        fixed: (one) => button(text('close'), () => void closeOne(one()), 'small'),
      },
    ],
  });
  const count = el('p', { class: 'count', role: 'status' });
  const more = button(
    text('show-more'),
    () => {
      limit = Math.min(limit + STEP, SHOWN_MAX);
      asked.now();
    },
    'more',
  );
  const closeAll = button(text('close-matching'), () => void closeMatching(), 'danger');
  closeAll.hidden = true;
  const form = el(
    'form',
    { class: 'filters', role: 'search', onsubmit: (event) => event.preventDefault() },
    field(text('which'), which),
    field(text('target'), searched.target),
    field(text('client'), searched.client),
    field(text('user'), searched.user),
    field(text('line'), searched.line),
    field(text('sorted-by'), order),
  );
  const view = frame(text('connections'), [closeAll], form, count, list.element, more);

  const filter = () => Object.fromEntries(Object.entries(searched).map(([name, { value }]) => [name, value.trim()]));
  const named = () => Object.entries(filter()).filter(([, value]) => value !== '');
  let matched = 0;
  const asked = poll<ConnectionList>(
    EVERY_MS,
    () => {
      const [sort, direction] = order.value.split(' ');
      return api.get('/connections', { state: which.value, sort, order: direction, limit, ...filter() });
    },
    (answer) => {
      list.update(answer.connections);
      matched = answer.matched;
      count.textContent = text('shown-of', { shown: answer.connections.length, all: whole(answer.matched) });
      more.hidden = answer.connections.length >= answer.matched || limit >= SHOWN_MAX;
      closeAll.hidden = which.value !== 'live' || answer.matched === 0 || named().length === 0;
      if (answer.silent_workers.length > 0)
        view.trouble(text('silent-workers', { workers: answer.silent_workers.join(', ') }));
    },
    view.trouble,
  );
  form.addEventListener('input', () => {
    limit = STEP;
    view.element.classList.toggle('only-ended', which.value === 'ended');
    asked.now();
  });

  const closeOne = async ({ id, target, client }: Connection): Promise<void> => {
    const what = { target: target ?? text('no-target'), client };
    const isSure = await confirmed({
      title: text('close-title'),
      body: text('close-body', what),
      action: text('close'),
      isDangerous: true,
    });
    if (!isSure) return;
    const answer = await api.ask<Closed>('DELETE', `/connections/${encodeURIComponent(id)}`);
    notices.tell(answer.kind === 'answer' ? text('close-done', what) : troubleOf(answer), answer.kind === 'answer');
    asked.now();
  };
  const closeMatching = async (): Promise<void> => {
    const what = named()
      .map(([name, value]) => `${text(name as 'target' | 'client' | 'user' | 'line')} ${value}`)
      .join(', ');
    const isSure = await confirmed({
      title: text('close-all-title', { count: whole(matched) }),
      body: text('close-all-body', { what }),
      action: text('close-all', { count: whole(matched) }),
      isDangerous: true,
    });
    if (!isSure) return;
    const answer = await api.ask<Closed>('DELETE', '/connections', { query: filter() });
    const said =
      answer.kind === 'answer' ? text('close-all-done', { count: whole(answer.value.closed) }) : troubleOf(answer);
    notices.tell(said, answer.kind === 'answer');
    asked.now();
  };
  return { element: view.element, stop: asked.stop };
};

const input = (): HTMLInputElement => el('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });
