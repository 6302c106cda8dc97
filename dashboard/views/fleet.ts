// The gateways of the site, the engine over which they share what they learned, and what came of it for this one.
import type { EngineState, FleetGateway, FleetState } from '../api/fleet-shapes.js';
import { type Child, el, fill } from '../dom/element.js';
import { table } from '../dom/table.js';
import { codeText, text } from '../text/language.js';
import { age, bytes, duration, share, whole } from '../values/format.js';
import { poll } from '../view/poll.js';
import { badge, facts, frame, type MakeView, panel } from '../view/view.js';

const EVERY_MS = 5000;

type Counts = Readonly<Record<string, number>>;
type Fact = readonly [name: string, value: Child | readonly Child[]];

export const fleet: MakeView = ({ api }) => {
  const list = table<FleetGateway>({
    caption: text('fleet'),
    empty: text('fleet-none'),
    isStacked: true,
    keyOf: ({ name }) => name,
    columns: [
      { head: text('gateway'), isHeader: true, cell: nameOf },
      { head: text('version'), cell: ({ version }) => version ?? '–' },
      {
        head: text('up-for'),
        kind: 'number',
        cell: ({ uptime_s }) => (uptime_s === null ? '–' : age(uptime_s * 1000)),
      },
      { head: text('fleet-open'), kind: 'number', cell: ({ open }) => (open === null ? '–' : whole(open)) },
      {
        head: text('lines'),
        kind: 'number',
        cell: ({ lines, lines_up }) => (lines === null ? '–' : `${lines_up} / ${lines}`),
      },
      { head: text('fleet-heard'), cell: heardOf },
      { head: text('fleet-counts'), cell: ({ counts }) => countsOf(counts) },
    ],
  });
  const lead = el('p', { class: 'lead' });
  const engine = el('div');
  const shared = el('div');
  const panels = [panel(text('fleet-engine'), engine), panel(text('fleet-shared'), shared)];
  const view = frame(text('fleet'), [], lead, ...panels, list.element);
  const show = (isShared: boolean): void => {
    for (const one of [...panels, list.element]) one.hidden = !isShared;
  };
  show(false);
  const asked = poll<FleetState>(
    EVERY_MS,
    () => api.get('/fleet'),
    (state) => {
      show(state.site !== null);
      lead.textContent = leadOf(state);
      if (state.engine !== null) fill(engine, engineOf(state.engine));
      fill(shared, facts(sharedOf(state)));
      list.update(state.gateways ?? []);
      list.element.hidden = state.site === null || state.gateways === null;
      if (state.gateways === null) view.trouble(text('fleet-away'));
    },
    view.trouble,
  );
  return { element: view.element, stop: asked.stop };
};

const leadOf = ({ site, gateway }: FleetState): string =>
  site === null ? text('fleet-alone') : text('fleet-lead', { site, gateway: gateway ?? '–' });

function engineOf({ state, for_ms, kind, place, server, detail, times, faults, ...counts }: EngineState): HTMLElement {
  const { round_trips, bytes_sent, bytes_received, writes_waiting, writes_dropped, dropped, late } = counts;
  const mean = times.count === 0 ? '–' : duration(times.sum_ms / times.count);
  return facts([
    [
      text('state'),
      [
        badge(state === 'up' ? 'good' : state === 'down' ? 'bad' : 'warn', codeText(state)),
        ` ${text('fleet-since', { time: age(for_ms) })}`,
        detail === null ? null : el('span', { class: 'sub' }, detail),
      ],
    ],
    [text('version'), server ?? '–'],
    [text('address'), `${place} (${kind})`],
    [text('fleet-round-trips'), text('fleet-round-trips-told', { count: whole(round_trips), time: mean })],
    [text('traffic'), text('fleet-bytes', { sent: bytes(bytes_sent), received: bytes(bytes_received) })],
    [text('fleet-questions'), text('fleet-questions-told', { dropped: whole(dropped), late: whole(late) })],
    [
      text('fleet-writes'),
      text('fleet-writes-told', { waiting: whole(writes_waiting), dropped: whole(writes_dropped) }),
    ],
    ...some('fleet-faults', faults),
  ]);
}

function sharedOf({ routes, hints, news, limits }: FleetState): readonly Fact[] {
  return [
    ...(routes === null ? [] : routesOf(routes)),
    ...(hints === null ? [] : [hintsOf(hints)]),
    ...(news === null ? [] : newsOf(news)),
    ...(limits === null ? [] : limitsOf(limits)),
  ];
}

function routesOf(routes: NonNullable<FleetState['routes']>): readonly Fact[] {
  const { asked, found, missed, missed_known, dropped, unanswered, written, refused } = routes;
  const pulled = text('fleet-found', {
    ...{ found: whole(found), asked: whole(asked), share: share(found, asked) },
    ...{ missed: whole(missed + missed_known), dropped: whole(dropped), unanswered: whole(unanswered) },
  });
  return [
    [text('fleet-pulled'), pulled],
    [text('fleet-written'), text('fleet-written-told', { written: whole(written), refused: whole(refused) })],
  ];
}

function hintsOf({ told, too_late, first, useful }: NonNullable<FleetState['hints']>): Fact {
  const came = text('fleet-hints-told', {
    ...{ told: whole(told), late: whole(too_late), first: whole(first), useful: whole(useful) },
    share: share(useful, first),
  });
  return [text('fleet-hints'), came];
}

function newsOf({ told, read, refused, read_age_ms }: NonNullable<FleetState['news']>): readonly Fact[] {
  const last = read_age_ms === null ? '–' : text('ago', { time: age(read_age_ms) });
  return [
    [text('fleet-news-told'), whole(told)],
    [text('fleet-believed'), `${countsOf(read)} (${last})`],
    ...some('fleet-news-refused', refused),
  ];
}

function limitsOf(limits: NonNullable<FleetState['limits']>): readonly Fact[] {
  const { leases, claimed, refused, unanswered, is_lost, on_loss } = limits;
  const claims = text('fleet-claims', {
    ...{ claimed: whole(claimed), refused: whole(refused), unanswered: whole(unanswered) },
  });
  const lost = is_lost ? [badge('warn', text('fleet-lost', { on_loss }))] : [];
  return [[text('fleet-leases'), [`${whole(leases)} · ${claims} `, ...lost]]];
}

/** Nothing where all counts are 0. */
function some(name: 'fleet-faults' | 'fleet-news-refused', counts: Counts): readonly Fact[] {
  return Object.values(counts).some((count) => count > 0) ? [[text(name), countsOf(counts)]] : [];
}

const countsOf = (counts: Counts): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${codeText(word)} ${whole(count)}`)
    .join(' · ') || '–';

function nameOf({ name, is_own, is_known }: FleetGateway): readonly Child[] {
  return [
    el('b', {}, name),
    ' ',
    is_own ? badge('accent', text('fleet-own')) : null,
    is_known ? null : badge('warn', text('fleet-unknown')),
  ];
}

function heardOf({ is_present, age_ms }: FleetGateway): Child {
  if (!is_present || age_ms === null) return badge('bad', text('fleet-gateway-away'));
  return text('ago', { time: age(age_ms) });
}
