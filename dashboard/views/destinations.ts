// What is remembered of destinations: searched, looked up, forgotten.
import type { Destination, DestinationList } from '../api/shapes.js';
import { confirmed } from '../dom/dialog.js';
import { el } from '../dom/element.js';
import { table } from '../dom/table.js';
import { text } from '../text/language.js';
import { age, whole } from '../values/format.js';
import { poll, troubleOf } from '../view/poll.js';
import { button, field, frame, type MakeView } from '../view/view.js';
import { placeOf } from './connection-cells.js';

const EVERY_MS = 5000;
const STEP = 50;
const SHOWN_MAX = 500;

export const destinations: MakeView = ({ api, notices }) => {
  const contains = el('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });
  const onLine = el('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });
  let limit = STEP;
  const list = table<Destination>({
    caption: text('destinations'),
    empty: text('no-destinations'),
    keyOf: ({ destination }) => destination,
    columns: [
      {
        head: text('destination'),
        isHeader: true,
        cell: ({ destination }) =>
          el('a', { href: `#/destinations/${encodeURIComponent(destination)}` }, ...placeOf(destination)),
      },
      {
        head: text('leads'),
        cell: ({ best }) => (best ? [best.line, el('span', { class: 'sub' }, best.address)] : text('nothing-leads')),
      },
      { head: text('candidates'), kind: 'number wide', cell: ({ candidates }) => whole(candidates) },
      {
        head: text('worked'),
        kind: 'number',
        cell: ({ worked_age_ms }) =>
          worked_age_ms !== null ? text('ago', { time: age(worked_age_ms) }) : text('never'),
      },
      {
        head: text('action'),
        kind: 'wide',
        cell: () => null,
        fixed: (one) => button(text('forget'), () => void forget(one().destination), 'small'),
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
  const form = el(
    'form',
    { class: 'filters', role: 'search', onsubmit: (event) => event.preventDefault() },
    field(text('contains'), contains),
    field(text('line'), onLine),
  );
  const view = frame(
    text('destinations'),
    [],
    el('p', { class: 'lead' }, text('destinations-lead')),
    form,
    count,
    list.element,
    more,
  );
  const asked = poll<DestinationList>(
    EVERY_MS,
    () => api.get('/routes', { match: contains.value.trim(), line: onLine.value.trim(), limit }),
    (answer) => {
      list.update(answer.routes);
      count.textContent = text('shown-of', { shown: answer.routes.length, all: whole(answer.total) });
      more.hidden = answer.routes.length >= answer.total || limit >= SHOWN_MAX;
    },
    view.trouble,
  );
  form.addEventListener('input', () => {
    limit = STEP;
    asked.now();
  });
  const forget = async (destination: string): Promise<void> => {
    const isSure = await confirmed({
      title: text('forget-title', { destination }),
      body: text('forget-body'),
      action: text('forget'),
      isDangerous: true,
    });
    if (!isSure) return;
    const answer = await api.ask<unknown>('DELETE', `/routes/${encodeURIComponent(destination)}`);
    notices.tell(
      answer.kind === 'answer' ? text('forget-done', { destination }) : troubleOf(answer),
      answer.kind === 'answer',
    );
    asked.now();
  };
  return { element: view.element, stop: asked.stop };
};
