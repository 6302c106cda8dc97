// The cheap line is slow or dead and comes back, while requests go on at a steady rate: how much goes over the dear line, when it
// is home again, and what is dialled beside what is needed. The dear line is the faster one, so that cost alone keeps it idle.
import { clientHello } from '../../../test/helpers/tls-hello.js';
import { TLS_NAME } from '../../../test/helpers/tls-server.js';
import type { Fault } from '../../race/field/faults.js';
import type { WayPlan } from '../../race/field/messages.js';
import { tlsWords, visit } from '../../race/requests/visit.js';
import { Ground, type Totals } from '../load/ground.js';
import { HelloServer } from '../load/hello-server.js';
import { begunIn, between, type Span, Steady, shareOf } from '../load/steady.js';
import { Together } from '../load/together.js';
import { GATEWAY, gateway, haproxyWith, running, type Subject, v2rayWith } from '../subjects/subject.js';
import type { CellOptions, Outcome } from './cell.js';

const CHEAP = 0;
const DEAR = 1;
const RATE = 20;
const DESTINATIONS = 10;
const TIMEOUT_MS = 5000;
const HEALTHY_MS = 5000;
const BROKEN_MS = 12_000;
const BACK_MAX_MS = 60_000;
/** Of a program that does not know what home is. */
const HOMELESS_MS = 8000;
/** It is home when nothing has come by the dear line for so long. */
const HOME_MS = 3000;
/** Dials for each request where nothing is wrong. */
const DIALS_MAX = 1.2;

const PROXIES: readonly WayPlan[] = [
  { kind: 'proxy', connect_ms: 40, firstByte_ms: 5 },
  { kind: 'proxy', connect_ms: 5, firstByte_ms: 5 },
];
const ADDRESSES: readonly WayPlan[] = [
  { kind: 'address', connect_ms: 0, firstByte_ms: 45 },
  { kind: 'address', connect_ms: 0, firstByte_ms: 10 },
];

interface Entrant {
  readonly name: string;
  readonly plans: readonly WayPlan[];
  readonly faults: readonly Fault[];
  /** Until it has looked at its servers. */
  readonly settle_ms: number;
  readonly bare: boolean;
  /** Whether it may come home at all. */
  readonly hasHome: boolean;
  subject(ground: Ground): Subject;
}

const FAULTS: readonly Fault[] = ['slow-connect', 'slow-answer', 'black-hole', 'refused'];

const lineOf = ({ ways }: Ground, way: number, more: object): object => ({ type: 'socks5', ...ways[way], ...more });

const gatewayWith = (name: string, cheap: object, dear: object): Entrant => ({
  name,
  plans: PROXIES,
  faults: FAULTS,
  settle_ms: 0,
  bare: false,
  hasHome: true,
  subject: (ground) =>
    gateway(name, {
      upstream: {
        type: 'multipath',
        list: [lineOf(ground, CHEAP, { name: 'cheap', ...cheap }), lineOf(ground, DEAR, { name: 'dear', ...dear })],
      },
    }),
});

const ENTRANTS: readonly Entrant[] = [
  gatewayWith(`${GATEWAY}, tier 1`, {}, { tier: 1 }),
  gatewayWith(`${GATEWAY}, cost_ms 150`, {}, { cost_ms: 150 }),
  {
    name: 'HAProxy, backup',
    plans: ADDRESSES,
    faults: FAULTS.filter((fault) => fault !== 'slow-connect'),
    settle_ms: 2000,
    bare: true,
    hasHome: true,
    subject: ({ ways, tls }) =>
      haproxyWith('haproxy', (port) => {
        const server = (way: number): string =>
          `server way-${way} ${ways[way].host}:${tls} check inter 500ms fall 2 rise 2`;
        return `listen choice\n  bind 127.0.0.1:${port}\n  ${server(CHEAP)}\n  ${server(DEAR)} backup`;
      }),
  },
  {
    name: 'v2ray, balancer "random"',
    plans: PROXIES,
    faults: FAULTS,
    settle_ms: 0,
    bare: false,
    hasHome: false,
    subject: ({ ways }) =>
      v2rayWith('v2ray', {
        outbounds: ways.map(({ host, port }, way) => ({
          tag: `line-${way}`,
          protocol: 'socks',
          settings: { servers: [{ address: host, port }] },
        })),
        routing: {
          balancers: [{ tag: 'lines', selector: ['line-'] }],
          rules: [{ type: 'field', network: 'tcp', balancerTag: 'lines' }],
        },
      }),
  },
];

const isGateway = ({ name }: Entrant): boolean => name.startsWith(GATEWAY);

interface Trial {
  readonly entrant: Entrant;
  readonly fault: Fault;
  /** Shares of the answers that came by the dear line. */
  readonly healthy: number;
  readonly broken: number;
  readonly back: number;
  /** From the repair until the last answer by the dear line; undefined if it was not home at the end. */
  readonly home_ms: number | undefined;
  readonly requests: number;
  readonly failed: number;
  /** How the first that failed did so. */
  readonly failure: string | undefined;
  /** Median of the requests that began while it was broken, ms to the first byte. */
  readonly broken_ms: number;
  /** For each request, while nothing was wrong: before the fault, and since it was home. */
  readonly dials: number;
  /** Dials of the way back beyond one for each request. */
  readonly extra: number;
}

async function trial(
  entrant: Entrant,
  fault: Fault,
  ground: Ground,
  hello: Uint8Array,
  together: Together,
  quick: boolean,
): Promise<Trial | undefined> {
  const dest = (index: number) =>
    entrant.bare ? undefined : { host: `d${index % DESTINATIONS}.choice.test`, port: ground.tls };
  const made = running(entrant.subject(ground), async (port) => {
    await together.come(ground);
    const never = (): boolean => false;
    const words = tlsWords(hello);
    const requests = new Steady(ground, RATE, (index) => visit(port, dest(index), words, TIMEOUT_MS));
    try {
      await requests.until(entrant.settle_ms + HEALTHY_MS / 2, never);
      const healthy = await requests.until(HEALTHY_MS, never);
      await ground.suffer(CHEAP, fault);
      const broken = await requests.until(BROKEN_MS, never);
      await ground.suffer(CHEAP, undefined);
      const back = await requests.until(quick ? HOME_MS : entrant.hasHome ? BACK_MAX_MS : HOMELESS_MS, isHome);
      const calm = await requests.until(HEALTHY_MS, never);
      await requests.stop();
      return judge(entrant, fault, requests, { healthy, broken, back, calm });
    } finally {
      await requests.stop();
    }
  });
  // The others wait for no subject that is missing or does not start.
  return made.finally(() => void together.come(ground));
}

/** When an answer last came by the dear line. */
function lastDear(looks: readonly Totals[]): number {
  const last = looks[looks.length - 1].answered[DEAR];
  return looks.find(({ answered }) => answered[DEAR] === last)?.at ?? 0;
}

const isHome = (looks: readonly Totals[], from: number): boolean =>
  performance.now() - Math.max(from, lastDear(looks)) >= HOME_MS;

interface Spans {
  readonly healthy: Span;
  readonly broken: Span;
  readonly back: Span;
  readonly calm: Span;
}

function judge(
  entrant: Entrant,
  fault: Fault,
  { ended, looks }: Steady,
  { healthy, broken, back, calm }: Spans,
): Trial {
  const within = (span: Span): Totals => between(looks, span);
  // What a late answer of a busy machine sends there afterwards is no way back.
  const last = lastDear(looks.filter(({ at }) => at <= back.to));
  const times = begunIn(ended, broken)
    .filter(({ failure }) => failure === undefined)
    .map(({ ms }) => ms)
    .sort((a, b) => a - b);
  const dialled = (span: Span): number => within(span).dials.reduce((sum, count) => sum + count, 0);
  const asked = (...spans: readonly Span[]): number =>
    spans.reduce((sum, span) => sum + begunIn(ended, span).length, 0);
  return {
    entrant,
    fault,
    healthy: shareOf(within(healthy), DEAR),
    broken: shareOf(within(broken), DEAR),
    back: shareOf(within(back), DEAR),
    home_ms: last > back.to - HOME_MS / 2 ? undefined : Math.max(0, last - back.from),
    requests: ended.length,
    failed: ended.filter(({ failure }) => failure !== undefined).length,
    failure: ended.find(({ failure }) => failure !== undefined)?.failure,
    broken_ms: times[times.length >> 1] ?? Number.NaN,
    dials: (dialled(healthy) + dialled(calm)) / asked(healthy, calm),
    extra: dialled(back) - asked(back),
  };
}

const percent = (share: number): string =>
  Number.isNaN(share) ? '–' : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

function rowOf({ entrant, fault, ...one }: Trial): string[] {
  return [
    entrant.name,
    fault,
    percent(one.healthy),
    percent(one.broken),
    percent(one.back),
    one.home_ms === undefined ? 'never' : (one.home_ms / 1000).toFixed(1),
    `${one.failed} / ${one.requests}`,
    one.broken_ms.toFixed(0),
    one.dials.toFixed(2),
    String(one.extra),
  ];
}

function brokenBy({ entrant, fault, ...one }: Trial, quick: boolean): string[] {
  const where = `cheap line ${fault}, ${entrant.name}`;
  return [
    ...(one.failed > 0 ? [`${where}: ${one.failed} requests failed, the first by ${one.failure}`] : []),
    ...(!quick && one.home_ms === undefined ? [`${where}: not home after ${BACK_MAX_MS / 1000} s`] : []),
    ...(!quick && one.dials >= DIALS_MAX ? [`${where}: ${one.dials.toFixed(2)} dials for a request`] : []),
  ];
}

export async function cheap({ quick, alone }: CellOptions, told: (what: string) => void): Promise<Outcome> {
  const server = await HelloServer.listen();
  const hello = await clientHello({ servername: TLS_NAME });
  const trials: Trial[] = [];
  const missing: string[] = [];
  try {
    for (const group of [ENTRANTS.filter(isGateway), alone ? [] : ENTRANTS.filter((one) => !isGateway(one))]) {
      // All at the same time, each with a subject and ways of its own: most of it is waiting.
      const planned: { readonly entrant: Entrant; readonly fault: Fault; readonly ground: Ground }[] = [];
      for (const entrant of group) {
        told(`cheap line: ${entrant.name}`);
        for (const fault of entrant.faults)
          planned.push({ entrant, fault, ground: await Ground.lay(entrant.plans, server) });
      }
      const together = new Together(planned.length);
      const made = await Promise.all(
        planned.map(({ entrant, fault, ground }) => trial(entrant, fault, ground, hello, together, quick)),
      );
      for (const { ground } of planned) await ground.close();
      const found = made.filter((one) => one !== undefined);
      const absent = group.filter((one) => !found.some(({ entrant }) => entrant === one));
      missing.push(...absent.map(({ name }) => `${name}: not installed.`));
      trials.push(...found);
    }
  } finally {
    await server.stop();
  }
  return {
    table: {
      title: 'The cheap line slow, dead, back again',
      notes: [
        `${RATE} requests a second to ${DESTINATIONS} destinations; the cheap line takes 40 ms to connect, the dear one 5. The fault lasts ` +
          `${BROKEN_MS / 1000} s. Shares are those of answers by the dear line.`,
        'HAProxy has no SOCKS: addresses stand for its lines, and it is bound to one destination. The v2ray of Debian (4.34) knows ' +
          'neither leastPing nor an observatory, only "random".',
        ...missing,
      ],
      headings: [
        ...[
          'subject',
          'fault',
          'dear, healthy',
          'broken',
          'on the way back',
          'home after s',
          'failed',
          'p50 broken, ms',
        ],
        ...['dials for a request', 'extra dials on the way back'],
      ],
      rows: trials.map(rowOf),
    },
    broken: trials.filter(({ entrant }) => isGateway(entrant)).flatMap((one) => brokenBy(one, quick)),
  };
}
