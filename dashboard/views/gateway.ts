// The gateway itself: its process, its actors, what is wrong with it, its configuration, and which rule is for a target.
import type { ConfigurationKey, ConfigurationState, Reloaded, RuleTest, Status } from '../api/shapes.js';
import { confirmed } from '../dom/dialog.js';
import { type Child, el, fill } from '../dom/element.js';
import { table } from '../dom/table.js';
import { codeText, text } from '../text/language.js';
import { bytes, duration, whole } from '../values/format.js';
import { poll, troubleOf } from '../view/poll.js';
import { badge, button, facts, field, frame, type MakeView, panel } from '../view/view.js';
import { testedOf } from './rule-cells.js';
import { troubleList } from './troubles.js';

const EVERY_MS = 5000;

export const gateway: MakeView = ({ api, notices }) => {
  const state = el('div');
  const troubles = troubleList();
  const reload = button(text('reload'), () => void reloadIt(), 'primary');
  const contains = el('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });
  const list = table<ConfigurationKey>({
    caption: text('configuration'),
    empty: text('no-keys'),
    isStacked: true,
    keyOf: ({ key }) => key,
    columns: [
      { head: text('key'), isHeader: true, cell: ({ key }) => el('code', { class: 'whole' }, key) },
      { head: text('value'), cell: ({ value }) => el('code', {}, JSON.stringify(value)) },
      { head: text('comes-from'), cell: sourceOf },
    ],
  });
  const target = el('input', {
    type: 'text',
    required: true,
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: 'example.org:443',
  });
  const result = el('div', { 'aria-live': 'polite' });
  const test = el(
    'form',
    { class: 'filters' },
    field(text('target'), target),
    el('button', { type: 'submit', class: 'primary' }, text('test-rule')),
  );
  const view = frame(
    text('gateway'),
    [reload],
    troubles.element,
    panel(text('process'), state),
    panel(text('which-rule'), test, result),
    panel(
      text('configuration'),
      el(
        'form',
        { class: 'filters', role: 'search', onsubmit: (event) => event.preventDefault() },
        field(text('contains'), contains),
      ),
      list.element,
    ),
  );
  let keys: readonly ConfigurationKey[] = [];
  const draw = (): void => {
    const part = contains.value.trim().toLowerCase();
    list.update(keys.filter(({ key }) => key.toLowerCase().includes(part)));
  };
  contains.addEventListener('input', draw);
  const asked = poll<Status>(
    EVERY_MS,
    () => api.get('/status'),
    (status) => {
      fill(state, stateOf(status));
      troubles.update(status);
    },
    view.trouble,
  );
  const readKeys = async (): Promise<void> => {
    const answer = await api.get<ConfigurationState>('/configuration');
    if (answer.kind !== 'answer') return;
    keys = answer.value.values;
    draw();
  };
  void readKeys();

  const reloadIt = async (): Promise<void> => {
    const isSure = await confirmed({ title: text('reload-title'), body: text('reload-body'), action: text('reload') });
    if (!isSure) return;
    const answer = await api.ask<Reloaded>('POST', '/configuration/reload');
    notices.tell(answer.kind === 'answer' ? reloadedOf(answer.value) : troubleOf(answer), answer.kind === 'answer');
    void readKeys();
    asked.now();
  };
  test.addEventListener('submit', (event) => {
    event.preventDefault();
    void (async () => {
      const answer = await api.get<RuleTest>('/rules/test', { target: target.value.trim() });
      if (answer.kind === 'answer') fill(result, ...testedOf(answer.value));
      else fill(result, el('p', { class: 'trouble' }, troubleOf(answer)));
    })();
  });
  return { element: view.element, stop: asked.stop };
};

function sourceOf({ source: { kind, name, line } }: ConfigurationKey): string {
  const place = [name, line === undefined ? undefined : text('line-number', { number: line })].filter(
    (part) => part !== undefined,
  );
  return place.length === 0 ? codeText(kind) : place.join(': ');
}

/** What came of a reload, with what it could not change. */
function reloadedOf({ changed, needs_restart, warnings }: Reloaded): string {
  const parts = [changed.length === 0 ? text('reload-nothing') : text('reload-changed', { keys: changed.join(', ') })];
  if (needs_restart.length > 0) parts.push(text('reload-restart', { keys: needs_restart.join(', ') }));
  return [...parts, ...warnings].join(' ');
}

function stateOf(status: Status): HTMLElement {
  const { version, node, engine, pid, uptime_s, state, connections, fds, memory, actors, log_level } = status;
  const served = actors.map(
    ({ name, is_serving, deaths }): Child =>
      el(
        'span',
        { class: 'actor' },
        badge(is_serving ? 'good' : 'bad', is_serving ? text('serves') : text('starts-again')),
        ` ${name}`,
        deaths > 0 ? ` (${text('deaths', { count: deaths })})` : '',
      ),
  );
  return el(
    'div',
    {},
    facts([
      [text('version'), `${version} · Node ${node} · ${engine}`],
      [
        text('state'),
        badge(state === 'serving' ? 'good' : 'warn', state === 'serving' ? text('serving') : text('draining')),
      ],
      [text('up-for'), duration(uptime_s * 1000)],
      [text('process-id'), String(pid)],
      [text('connections'), `${whole(connections.live)} / ${whole(connections.max)}`],
      [text('descriptors'), `${fds.open === null ? '–' : whole(fds.open)} / ${whole(fds.max)}`],
      [text('memory'), bytes(memory.bytes_resident)],
      [text('level-written'), log_level],
    ]),
    el('h3', { class: 'actors-head' }, text('actors')),
    el('p', { class: 'actors' }, ...served),
  );
}
