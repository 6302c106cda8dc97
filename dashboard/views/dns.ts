// The DNS servers and how they do; what they all say of one name; and what is kept of it.
import type { AskedName, DnsState, KeptName, ServerAnswer, ServerState } from '../api/shapes.js';
import { confirmed } from '../dom/dialog.js';
import { type Child, el, fill } from '../dom/element.js';
import { table } from '../dom/table.js';
import { codeText, text } from '../text/language.js';
import { age, duration, share, whole } from '../values/format.js';
import { poll, troubleOf } from '../view/poll.js';
import { badge, button, facts, field, frame, type MakeView, panel } from '../view/view.js';

const EVERY_MS = 5000;

export const dns: MakeView = ({ api, notices }) => {
  const servers = table<ServerState>({
    caption: text('dns-servers'),
    empty: text('no-servers'),
    isStacked: true,
    keyOf: ({ id }) => id,
    columns: [
      {
        head: text('server'),
        isHeader: true,
        cell: ({ id: server, backup }) => [el('code', {}, server), backup ? badge('plain', text('backup')) : null],
      },
      {
        head: text('latency'),
        kind: 'number',
        cell: ({ latency_ms }) => (latency_ms === null ? '–' : duration(latency_ms)),
      },
      { head: text('questions'), kind: 'number', cell: ({ counts }) => whole(counts['queries'] ?? 0) },
      { head: text('came-of-it'), cell: countsOf },
    ],
  });
  const sums = el('div');
  const name = el('input', {
    type: 'text',
    required: true,
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: 'example.org',
  });
  const results = el('div', { 'aria-live': 'polite' });
  const form = el(
    'form',
    { class: 'filters' },
    field(text('name'), name),
    el('button', { type: 'submit', class: 'primary' }, text('ask-servers')),
    button(text('what-is-kept'), () => void known()),
    button(text('flush'), () => void flush()),
  );
  const view = frame(
    text('dns'),
    [],
    panel(text('dns-servers'), servers.element),
    panel(text('one-name'), form, results),
    panel(text('lookups'), sums),
  );
  const asked = poll<DnsState>(
    EVERY_MS,
    () => api.get('/dns'),
    (state) => {
      servers.update(state.servers);
      const all = Object.entries(state.lookups).map(([kind, count]): [string, string] => [
        codeText(kind),
        whole(count),
      ]);
      fill(sums, facts(all));
    },
    view.trouble,
  );

  const wanted = (): string | undefined => {
    const one = name.value.trim();
    if (one === '') name.focus();
    return one === '' ? undefined : one;
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void ask();
  });
  const ask = async (): Promise<void> => {
    const one = wanted();
    if (one === undefined) return;
    fill(results, el('p', { class: 'faint' }, text('asking')));
    const answer = await api.ask<AskedName>('POST', '/dns/ask', { body: { name: one } });
    if (answer.kind === 'answer') fill(results, answersOf(one, answer.value));
    else fill(results, el('p', { class: 'trouble' }, troubleOf(answer)));
  };
  const known = async (): Promise<void> => {
    const one = wanted();
    if (one === undefined) return;
    const answer = await api.get<KeptName>(`/dns/names/${encodeURIComponent(one)}`);
    if (answer.kind === 'answer') fill(results, ...keptOf(answer.value));
    else fill(results, el('p', { class: 'trouble' }, troubleOf(answer)));
  };
  const flush = async (): Promise<void> => {
    const one = wanted();
    if (one === undefined) return;
    const isSure = await confirmed({
      title: text('flush-title', { name: one }),
      body: text('flush-body'),
      action: text('flush'),
    });
    if (!isSure) return;
    const answer = await api.ask<{ forgotten: number }>('DELETE', `/dns/names/${encodeURIComponent(one)}`);
    const said =
      answer.kind === 'answer' ? text('flush-done', { name: one, count: answer.value.forgotten }) : troubleOf(answer);
    notices.tell(said, answer.kind === 'answer');
  };
  return { element: view.element, stop: asked.stop };
};

/** Kinds of answers with their shares, the most frequent first. */
function countsOf({ counts }: ServerState): Child {
  const { queries = 0, ...rest } = counts;
  const some = Object.entries(rest).filter(([, count]) => count > 0);
  some.sort(([, one], [, other]) => other - one);
  return (
    some
      .map(([kind, count]) => `${codeText(kind)} ${whole(count)} (${share(count, Math.max(queries, count))})`)
      .join(' · ') || '–'
  );
}

function answersOf(name: string, { answers, choice }: AskedName): HTMLElement {
  const list = table<ServerAnswer>({
    caption: text('answers-of', { name }),
    empty: text('no-servers'),
    isStacked: true,
    keyOf: ({ server, type }) => `${server} ${type}`,
    columns: [
      { head: text('server'), isHeader: true, cell: ({ server }) => el('code', {}, server) },
      { head: text('type'), cell: ({ type }) => type },
      {
        head: text('answer'),
        cell: ({ kind, addresses }) => (addresses.length > 0 ? addresses.join(', ') : codeText(kind)),
      },
      {
        head: text('verdict'),
        cell: ({ verdict, why }) => [
          badge(verdictKind(verdict), codeText(verdict)),
          why ? el('span', { class: 'sub' }, why) : null,
        ],
      },
      { head: text('latency'), kind: 'number', cell: ({ time_ms }) => duration(time_ms) },
    ],
  });
  list.update(answers);
  const given = choice.addresses && choice.addresses.length > 0 ? choice.addresses.join(', ') : codeText(choice.code);
  return el('div', {}, el('p', { class: 'story' }, text('client-gets'), ' ', el('b', {}, given)), list.element);
}

const verdictKind = (verdict: string): 'good' | 'warn' | 'bad' | 'plain' =>
  verdict === 'clean' ? 'good' : verdict === 'suspect' ? 'bad' : verdict === 'none' ? 'plain' : 'warn';

function keptOf({ name, hosts, answers }: KeptName): Child[] {
  const fromHosts = hosts && hosts.length > 0 ? [el('p', {}, text('from-hosts', { addresses: hosts.join(', ') }))] : [];
  if (answers.length === 0) return [...fromHosts, el('p', { class: 'empty' }, text('nothing-kept', { name }))];
  const rows = answers.flatMap(({ kind, freshness, ttl_s, age_s, parts }) => {
    const times = text('kept-times', { age: age(age_s * 1000), ttl: age(ttl_s * 1000) });
    if (parts.length === 0)
      return [
        el('li', {}, badge('plain', codeText(freshness)), ` ${codeText(kind)}`, el('span', { class: 'sub' }, times)),
      ];
    return parts.map(({ server, addresses }) =>
      el(
        'li',
        {},
        badge(freshness === 'fresh' ? 'good' : 'plain', codeText(freshness)),
        ` ${addresses.join(', ')}`,
        el('span', { class: 'sub' }, `${server} · ${times}`),
      ),
    );
  });
  return [...fromHosts, el('ul', { class: 'evidence' }, ...rows)];
}
