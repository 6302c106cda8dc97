// The cell of QUIC: how long a client waits for the first authentic answer when a line of the gateway swallows its datagrams.
import { QuicServer, withoutQuic } from '../../../test/helpers/quic/server.js';
import type { Outcome } from '../../choice/cells/cell.js';
import { type Entrant, running } from '../subjects/subjects.js';
import { newDestination, STATES, type State } from './states.js';
import type { Visit } from './visit.js';

const VISITS = 30;
const VISITS_QUICK = 3;

interface Row {
  readonly subject: string;
  readonly state: string;
  readonly visits: readonly Visit[];
}

export async function quic(
  all: readonly Entrant[],
  gateways: readonly string[],
  quick: boolean,
  told: (what: string) => void,
): Promise<Outcome & { readonly measured: readonly Row[] }> {
  const missing = withoutQuic();
  if (missing !== undefined) throw new Error(missing);
  const server = await QuicServer.start();
  const rows: Row[] = [];
  const troubles: string[] = [];
  try {
    for (const entrant of all) {
      const subject = entrant.peer.name;
      const isOurs = gateways.includes(subject);
      const trouble = await running(entrant, async ({ listen }) => {
        for (const state of STATES.filter(({ isClean }) => isClean || isOurs)) {
          told(`quic: ${subject}, ${state.title}`);
          rows.push({ subject, state: state.title, visits: await visitAll(listen.echo, server, state, quick) });
        }
      });
      if (trouble !== undefined) troubles.push(`quic, ${subject}: ${trouble}`);
    }
  } finally {
    await server.close();
  }
  const broken = rows
    .filter(({ subject, visits }) => gateways.includes(subject) && visits.some(({ ok }) => !ok))
    .map(({ subject, state, visits }) => `quic, ${subject}, ${state}: ${visits.filter(({ ok }) => !ok).length} failed`);
  return {
    table: { title: TITLE, notes: NOTES, headings: HEADINGS, rows: rows.map(textsOf) },
    broken: [...troubles, ...broken],
    measured: rows,
  };
}

async function visitAll(entry: number, server: QuicServer, state: State, quick: boolean): Promise<Visit[]> {
  const visits: Visit[] = [];
  for (let index = 0; index < (quick ? VISITS_QUICK : VISITS); index += 1) {
    const relay = await newDestination(server);
    try {
      visits.push(await state.run(entry, relay, index));
    } finally {
      await relay.close();
    }
  }
  return visits;
}

const TITLE = 'QUIC: gtlsclient fetches a file of gtlsserver, two direct lines';
const NOTES: readonly string[] = [
  'Time from the client’s first datagram to the first one that it is given; `copies`: how often its first datagram left the subject.',
  '`struck`: visits in which a line with the fault was asked; where there are such visits, times and copies are theirs. The other programs',
  'have one way, so only what works is asked of them.',
];
const HEADINGS: readonly string[] = [
  'subject',
  'state',
  'visits',
  'ok %',
  'struck %',
  'p50 ms',
  'p90 ms',
  'max ms',
  'copies',
];

const share = (visits: readonly Visit[], of: (visit: Visit) => boolean): string =>
  String(Math.floor((visits.filter(of).length / visits.length) * 100));

function textsOf({ subject, state, visits }: Row): string[] {
  const struck = visits.filter(({ isStruck }) => isStruck);
  const shown = struck.length > 0 ? struck : visits;
  const times = shown
    .flatMap(({ answered_ms }) => (answered_ms === undefined ? [] : [answered_ms]))
    .sort((a, b) => a - b);
  const at = (part: number): string =>
    times.at(Math.min(times.length - 1, Math.floor(part * times.length)))?.toFixed(1) ?? '-';
  const copies = shown.reduce((sum, visit) => sum + visit.copies, 0) / shown.length;
  return [
    ...[
      subject,
      state,
      String(visits.length),
      share(visits, ({ ok }) => ok),
      share(visits, ({ isStruck }) => isStruck),
    ],
    ...[at(0.5), at(0.9), at(1), copies.toFixed(2)],
  ];
}
