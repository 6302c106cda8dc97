// Addresses that are not used, with what speaks against each: added and taken back by hand.
import type { BadAddress, BadAddressList, Evidence } from '../api/shapes.js';
import { confirmed } from '../dom/dialog.js';
import { el } from '../dom/element.js';
import { table } from '../dom/table.js';
import { codeText, text } from '../text/language.js';
import { dayAndTime, whole } from '../values/format.js';
import { poll, troubleOf } from '../view/poll.js';
import { badge, button, field, frame, type MakeView, panel } from '../view/view.js';

const EVERY_MS = 5000;
const SHOWN_MAX = 200;
const HOUR_S = 3600;

export const badAddresses: MakeView = ({ api, notices }) => {
  const address = el('input', {
    type: 'text',
    autocomplete: 'off',
    spellcheck: 'false',
    required: true,
    placeholder: '192.0.2.1',
  });
  const name = el('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', placeholder: 'example.org' });
  const hours = el('input', { type: 'number', min: 1, max: 8760, step: 1 });
  const form = el(
    'form',
    { class: 'filters' },
    field(text('address'), address),
    field(text('for-name'), name),
    field(text('for-hours'), hours),
    el('button', { type: 'submit', class: 'primary' }, text('add')),
  );
  const list = table<BadAddress>({
    caption: text('bad-addresses'),
    empty: text('no-bad-addresses'),
    isStacked: true,
    keyOf: ({ address: one }) => one,
    columns: [
      { head: text('address'), isHeader: true, cell: ({ address: one }) => el('code', {}, one) },
      { head: text('not-used'), cell: scopeOf },
      { head: text('evidence'), cell: ({ evidence }) => el('ul', { class: 'evidence' }, ...evidence.map(evidenceOf)) },
      {
        head: text('action'),
        cell: () => null,
        fixed: (one) => {
          const isListed = one().evidence.every(({ how }) => how === 'static');
          return isListed
            ? el('span', { class: 'faint' }, '–')
            : button(text('undo'), () => void undo(one().address), 'small');
        },
      },
    ],
  });
  const count = el('p', { class: 'count', role: 'status' });
  const view = frame(
    text('bad-addresses'),
    [],
    el('p', { class: 'lead' }, text('bad-addresses-lead')),
    panel(text('add-by-hand'), form),
    count,
    list.element,
  );
  const asked = poll<BadAddressList>(
    EVERY_MS,
    () => api.get('/bad-addresses', { limit: SHOWN_MAX }),
    ({ addresses, total }) => {
      list.update(addresses);
      count.textContent = text('shown-of', { shown: whole(addresses.length), all: whole(total) });
    },
    view.trouble,
  );

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void add();
  });
  const add = async (): Promise<void> => {
    const one = address.value.trim();
    const scope = name.value.trim();
    const body = {
      address: one,
      ...(scope === '' ? {} : { name: scope }),
      ...(hours.value === '' ? {} : { lasts_s: Number(hours.value) * HOUR_S }),
    };
    const isSure = await confirmed({
      title: text('add-title', { address: one }),
      body: scope === '' ? text('add-body-all') : text('add-body-name', { name: scope }),
      action: text('add'),
      isDangerous: true,
    });
    if (!isSure) return;
    const answer = await api.ask<unknown>('POST', '/bad-addresses', { body });
    notices.tell(
      answer.kind === 'answer' ? text('add-done', { address: one }) : troubleOf(answer),
      answer.kind === 'answer',
    );
    if (answer.kind === 'answer') form.reset();
    asked.now();
  };
  const undo = async (one: string): Promise<void> => {
    const isSure = await confirmed({
      title: text('undo-title', { address: one }),
      body: text('undo-body'),
      action: text('undo'),
    });
    if (!isSure) return;
    const answer = await api.ask<unknown>('DELETE', `/bad-addresses/${encodeURIComponent(one)}`);
    notices.tell(
      answer.kind === 'answer' ? text('undo-done', { address: one }) : troubleOf(answer),
      answer.kind === 'answer',
    );
    asked.now();
  };
  return { element: view.element, stop: asked.stop };
};

/** For which names it is not used. */
function scopeOf({ everywhere, names, servers, last }: BadAddress): HTMLElement {
  const parts = [
    ...(everywhere ? [badge('bad', text('everywhere'))] : []),
    ...(names.length > 0 ? [el('span', {}, text('for-names', { names: names.join(', ') }))] : []),
    ...(servers.length > 0 ? [el('span', {}, text('from-servers', { servers: servers.join(', ') }))] : []),
    ...(last.length > 0 ? [el('span', {}, text('tried-last', { names: last.join(', ') }))] : []),
  ];
  return el('span', { class: 'stack' }, ...parts);
}

function evidenceOf({ how, by, name, since, renewed, expires }: Evidence): HTMLElement {
  const times = since === null ? [] : [text('since', { time: dayAndTime(since) })];
  if (renewed !== null && renewed !== since) times.push(text('found-again', { time: dayAndTime(renewed) }));
  if (how !== 'static') times.push(expires ? text('until', { time: dayAndTime(expires) }) : text('until-undone'));
  return el(
    'li',
    {},
    el('b', {}, codeText(how)),
    name ? ` · ${name}` : '',
    how === 'static' ? '' : el('span', { class: 'sub' }, [by, ...times].join(' · ')),
  );
}
