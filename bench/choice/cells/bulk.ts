// Downloads from a few sites over two lines: the thin one connects faster, the wide one has ten times the rate. How many bytes a
// second are reached against the wide line alone, and when that is learned. Nothing but the clients' own traffic teaches it.
import { setTimeout as sleep } from 'node:timers/promises';
import { type BulkPlan, BulkProxy } from '../load/bulk-proxy.js';
import { connected } from '../load/socks.js';
import { GATEWAY, gateway, running, type Subject, v2rayWith } from '../subjects/subject.js';
import type { CellOptions, Outcome } from './cell.js';

const THIN: BulkPlan = { connect_ms: 5, octets_per_s: 2e6 };
const WIDE: BulkPlan = { connect_ms: 40, octets_per_s: 20e6 };
/** Until the thin line is there, where the wide one has been used before. */
const AWAY_MS = 4000;
/** All lines race again, so that the thin one may win by its fast connections. */
const REFRESH_S = 3;
const CLIENTS = 4;
const SITES = 2;
const TRANSFER = 2 << 20;
const PORT = 4000;
const RUN_MS = 15_000;
const RUN_QUICK_MS = 6000;
/** The end of a run, in which it should be learned. */
const LATE_SHARE = 0.4;
/** Of the rate of the wide line alone. */
const REACHED_MIN = 0.8;
const PATIENCE_MS = 15_000;

interface Entrant {
  readonly name: string;
  readonly asserted: boolean;
  readonly plans: readonly BulkPlan[];
  subject(proxies: readonly BulkProxy[]): Subject;
}

const lineOf = ({ port }: BulkProxy, place: number): object => ({
  type: 'socks5',
  name: `line-${place}`,
  host: '127.0.0.1',
  port,
});
const withGateway = (name: string, plans: readonly BulkPlan[], asserted: boolean): Entrant => ({
  ...{ name, asserted, plans },
  subject: (proxies) =>
    gateway(name, {
      upstream: { type: 'multipath', list: proxies.map(lineOf) },
      cache: { refresh_s: REFRESH_S },
    }),
});

/** The rate of the others is a share of the first one's. */
const ENTRANTS: readonly Entrant[] = [
  withGateway(`${GATEWAY}, the wide line alone`, [WIDE], false),
  withGateway(
    `${GATEWAY}, both, the thin line away for ${AWAY_MS / 1000} s`,
    [{ ...THIN, away_ms: AWAY_MS }, WIDE],
    true,
  ),
  withGateway(`${GATEWAY}, both, the wide line never used before`, [THIN, WIDE], false),
  {
    name: 'v2ray, balancer "random"',
    asserted: false,
    plans: [THIN, WIDE],
    subject: (proxies) =>
      v2rayWith('v2ray', {
        outbounds: proxies.map(({ port }, place) => ({
          tag: `line-${place}`,
          protocol: 'socks',
          settings: { servers: [{ address: '127.0.0.1', port }] },
        })),
        routing: {
          balancers: [{ tag: 'lines', selector: ['line-'] }],
          rules: [{ type: 'field', network: 'tcp', balancerTag: 'lines' }],
        },
      }),
  },
];

interface Trial {
  readonly entrant: Entrant;
  /** Octets a second of all clients: over the whole run, and in its last part. */
  readonly rate: number;
  readonly late: number;
  /** The share of the octets that came by the first line. */
  readonly first: number;
  readonly transfers: number;
  readonly failed: number;
  readonly dials: number;
}

/** Resolves with the octets that came. */
function download(entry: number, site: number, came: (octets: number) => void): Promise<number> {
  return new Promise((resolve) => {
    let octets = 0;
    const socket = connected(
      entry,
      { host: `site${site}.bulk.test`, port: PORT },
      (through) => {
        through.on('data', (chunk: Buffer) => {
          octets += chunk.length;
          came(chunk.length);
        });
        through.write(`${TRANSFER}\n`);
      },
      () => resolve(octets),
    );
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  });
}

async function trial(entrant: Entrant, run_ms: number): Promise<Trial | undefined> {
  const proxies: BulkProxy[] = [];
  for (const plan of entrant.plans) proxies.push(await BulkProxy.listen(plan));
  try {
    return await running(entrant.subject(proxies), async (entry) => {
      const began = performance.now();
      const lateFrom = began + run_ms * (1 - LATE_SHARE);
      const end = began + run_ms;
      let [octets, late, transfers, failed] = [0, 0, 0, 0];
      const came = (more: number): void => {
        const now = performance.now();
        if (now >= end) return;
        octets += more;
        if (now >= lateFrom) late += more;
      };
      const client = async (site: number): Promise<void> => {
        while (performance.now() < end) {
          const got = await download(entry, site, came);
          transfers += 1;
          if (got === TRANSFER) continue;
          failed += 1;
          await sleep(100);
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index % SITES)));
      const all = proxies.reduce((sum, proxy) => sum + proxy.octets, 0);
      return {
        ...{ entrant, transfers, failed, rate: octets / (run_ms / 1000) },
        ...{ late: late / ((run_ms * LATE_SHARE) / 1000), first: proxies[0].octets / all },
        dials: proxies.reduce((sum, { dials }) => sum + dials, 0) / transfers,
      };
    });
  } finally {
    for (const proxy of proxies) await proxy.close();
  }
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const mega = (rate: number): string => (rate / 1e6).toFixed(1);

export async function bulk({ quick, alone }: CellOptions, told: (what: string) => void): Promise<Outcome> {
  const trials: Trial[] = [];
  const missing: string[] = [];
  for (const entrant of ENTRANTS) {
    if (alone && !entrant.name.startsWith(GATEWAY)) continue;
    told(`bulk: ${entrant.name}`);
    const made = await trial(entrant, quick ? RUN_QUICK_MS : RUN_MS);
    if (made === undefined) missing.push(`${entrant.name}: not installed.`);
    else trials.push(made);
  }
  const best = trials[0]?.late ?? Number.NaN;
  const broken = trials
    .filter(({ entrant }) => entrant.asserted)
    .flatMap(({ failed, late }) => [
      ...(failed > 0 ? [`bulk: ${failed} transfers failed`] : []),
      ...(!quick && late < REACHED_MIN * best ? [`bulk: ${percent(late / best)} of the best line's rate`] : []),
    ]);
  return {
    table: {
      title: 'Bulk over a thin line that connects fast',
      notes: [
        `${CLIENTS} clients download ${TRANSFER >> 20} MiB again and again from ${SITES} sites. The thin line connects in ${THIN.connect_ms} ms and has ` +
          `${mega(THIN.octets_per_s)} MB/s, the wide one ${WIDE.connect_ms} ms and ${mega(WIDE.octets_per_s)} MB/s. "Late" is the last ${percent(LATE_SHARE)} of the run.`,
        `All lines race again every ${REFRESH_S} s, and the thin one connects first then. No traffic is made to measure a line: where the ` +
          'wide one has carried nothing, nothing is known of it.',
        'HAProxy has no SOCKS, and its `backup` or `balance first` would keep to the line that is written first; it is left out.',
        ...missing,
      ],
      headings: [
        ...['subject', 'MB/s', 'late MB/s', 'of the wide line alone', 'bytes by the first line'],
        ...['failed', 'dials for a transfer'],
      ],
      rows: trials.map((one) => [
        ...[one.entrant.name, mega(one.rate), mega(one.late), percent(one.late / best), percent(one.first)],
        ...[`${one.failed} / ${one.transfers}`, one.dials.toFixed(2)],
      ]),
    },
    broken,
  };
}
