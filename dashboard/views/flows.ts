// Flows of datagrams that live and that ended last: searched, sorted, and ended, one or all that match.
import type { Flow, FlowList } from '../api/flow-shapes.js';
import type { Closed } from '../api/shapes.js';
import { confirmed } from '../dom/dialog.js';
import { type Child, el } from '../dom/element.js';
import { table } from '../dom/table.js';
import { codeText, text } from '../text/language.js';
import { bytes, duration, whole } from '../values/format.js';
import { poll, troubleOf } from '../view/poll.js';
import { badge, button, choice, field, frame, type MakeView } from '../view/view.js';
import { placeOf } from './connection-cells.js';

const EVERY_MS = 2000;
const SHOWN = 100;

export const flows: MakeView = ({ api, notices }) => {
  const which = choice([
    ['live', text('live')],
    ['ended', text('ended')],
  ]);
  const kind = choice([
    ['', text('flows-kind-all')],
    ...['quic', 'dns', 'other'].map((one): [string, string] => [one, kindText(one)]),
  ]);
  const order = choice([
    ['opened_at desc', text('sort-newest')],
    ['bytes_down desc', text('sort-down')],
    ['bytes_up desc', text('sort-up')],
    ['duration_ms desc', text('sort-longest')],
  ]);
  const searched = { target: input(), client: input(), user: input(), line: input() };

  const list = table<Flow>({
    caption: text('flows'),
    empty: text('flows-none'),
    keyOf: ({ id }) => id,
    columns: [
      { head: text('target'), isHeader: true, cell: targetCell },
      {
        head: text('client'),
        kind: 'wide',
        cell: ({ association, client, user }) => [
          el('a', { href: `#/connections/${encodeURIComponent(association)}` }, ...placeOf(client)),
          user ? el('span', { class: 'sub' }, user) : null,
        ],
      },
      { head: text('line'), kind: 'wide', cell: lineCell },
      { head: text('flows-kind'), kind: 'wide', cell: (one) => kindText(one.kind) },
      { head: text('state'), cell: stateOf },
      { head: text('flows-sent'), kind: 'number wide', cell: ({ datagrams_up }) => whole(datagrams_up) },
      { head: text('flows-came'), kind: 'number wide', cell: ({ datagrams_down }) => whole(datagrams_down) },
      { head: text('up'), kind: 'number wide', cell: ({ bytes_up }) => bytes(bytes_up) },
      { head: text('down'), kind: 'number', cell: ({ bytes_down }) => bytes(bytes_down) },
      {
        head: text('flows-answered'),
        kind: 'number wide',
        cell: ({ first_answer_ms: ms }) => (ms === undefined ? '–' : duration(ms)),
      },
      { head: text('lasted'), kind: 'number wide', cell: ({ duration_ms }) => duration(duration_ms) },
      {
        head: text('action'),
        kind: 'wide',
        cell: () => null,
        fixed: (one) => button(text('flows-end'), () => void endOne(one()), 'small'),
      },
    ],
  });
  const count = el('p', { class: 'count', role: 'status' });
  const endAll = button('', () => void endMatching(), 'danger');
  endAll.hidden = true;
  const form = el(
    'form',
    { class: 'filters', role: 'search', onsubmit: (event) => event.preventDefault() },
    field(text('which'), which),
    field(text('flows-kind'), kind),
    ...Object.entries(searched).map(([name, one]) => field(text(name as keyof typeof searched), one)),
    field(text('sorted-by'), order),
  );
  const lead = el('p', { class: 'lead' }, text('flows-lead'));
  const view = frame(text('flows'), [endAll], lead, form, count, list.element);

  const filter = (): Readonly<Record<string, string>> => {
    const given = { kind, ...searched };
    const entries = Object.entries(given).map(([name, { value }]) => [name, value.trim()] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== ''));
  };
  let matched = 0;
  const asked = poll<FlowList>(
    EVERY_MS,
    () => {
      const [sort, direction] = order.value.split(' ');
      return api.get('/flows', { state: which.value, sort, order: direction, limit: SHOWN, ...filter() });
    },
    (answer) => {
      list.update(answer.flows);
      matched = answer.matched;
      count.textContent = text('shown-of', { shown: answer.flows.length, all: whole(matched) });
      endAll.hidden = which.value !== 'live' || matched === 0 || Object.keys(filter()).length === 0;
      endAll.textContent = text('flows-end-all', { count: whole(matched) });
      if (answer.silent_workers.length > 0)
        view.trouble(text('flows-silent-workers', { workers: answer.silent_workers.join(', ') }));
    },
    view.trouble,
  );
  form.addEventListener('input', () => {
    view.element.classList.toggle('only-ended', which.value === 'ended');
    asked.now();
  });

  const endOne = async ({ id, target, client }: Flow): Promise<void> => {
    const [title, body] = [text('flows-end-title'), text('flows-end-body', { target, client })];
    if (!(await confirmed({ title, body, action: text('flows-end'), isDangerous: true }))) return;
    const answer = await api.ask<Closed>('DELETE', `/flows/${encodeURIComponent(id)}`);
    const isDone = answer.kind === 'answer';
    notices.tell(isDone ? text('flows-end-done', { target }) : troubleOf(answer), isDone);
    asked.now();
  };
  const endMatching = async (): Promise<void> => {
    const what = Object.values(filter()).join(', ');
    const told = { count: whole(matched), what };
    const [title, body] = [text('flows-end-all-title', told), text('flows-end-all-body', told)];
    if (!(await confirmed({ title, body, action: text('flows-end-all', told), isDangerous: true }))) return;
    const answer = await api.ask<Closed>('DELETE', '/flows', { query: filter() });
    const isDone = answer.kind === 'answer';
    const said = isDone ? text('flows-ended-count', { count: whole(answer.value.closed) }) : troubleOf(answer);
    notices.tell(said, isDone);
    asked.now();
  };
  return { element: view.element, stop: asked.stop };
};

const input = (): HTMLInputElement => el('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });

const targetCell = ({ target, sni, client, line }: Flow): Child[] => [
  ...placeOf(target),
  sni !== undefined && !target.startsWith(`${sni}:`) ? el('span', { class: 'sub' }, sni) : null,
  el('span', { class: 'narrow' }, ...placeOf(client), ` · ${line ?? '–'}`),
];

/** With the lines of a race that came to nothing. */
function lineCell({ line, address, attempts }: Flow): Child[] {
  const others = attempts.filter((one) => one.line !== line && one.result !== undefined);
  const told = others.map((one) => `${one.line}: ${codeText(one.result ?? '')}`).join('; ');
  return [
    line ?? '–',
    address ? el('span', { class: 'sub' }, address) : null,
    told === '' ? null : el('span', { class: 'sub' }, told),
  ];
}

function stateOf({ phase, ending, cause }: Flow): HTMLElement {
  if (cause !== undefined)
    return el('span', {}, badge('bad', text('failed')), el('span', { class: 'why' }, codeText(cause)));
  if (phase === 'ended')
    return el('span', {}, badge('plain', text('ended')), el('span', { class: 'why' }, codeText(ending ?? '')));
  return phase === 'open' ? badge('good', text('flows-open')) : badge('accent', text('flows-waiting'));
}

/** The code `other` is also one of causes, which have another text. */
const kindText = (kind: string): string => (kind === 'other' ? text('flows-kind-other') : codeText(kind));
