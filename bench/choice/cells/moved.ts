// Names move to another address in DNS, while requests go on: how long until the new address leads, and whether a connection
// fails on the way. The old address goes on for a while, ends one TTL after the move, or ends at the move.
import { setTimeout as sleep } from 'node:timers/promises';
import { DnsServer, type Host } from '../../../test/helpers/dns-server.js';
import { clientHello } from '../../../test/helpers/tls-hello.js';
import { TLS_NAME } from '../../../test/helpers/tls-server.js';
import type { WayPlan } from '../../race/field/messages.js';
import { tlsWords, visit } from '../../race/requests/visit.js';
import { Ground, type Totals } from '../load/ground.js';
import { HelloServer } from '../load/hello-server.js';
import { Steady } from '../load/steady.js';
import { GATEWAY, gateway, haproxyWith, running, type Subject, v2rayWith } from '../subjects/subject.js';
import type { CellOptions, Outcome } from './cell.js';

const OLD = 0;
const NEW = 1;
const RATE = 40;
const NAMES = 10;
const TTL_S = 2;
const TIMEOUT_MS = 5000;
/** Half a TTL after an answer has come, as far as a subject asks when one has expired. */
const HEALTHY_MS = 5000;
const MOVED_MAX_MS = 20_000;
/** The new address leads when nothing has come by the old one for so long. */
const LEADS_MS = 2000;

/** The new address answers later: nothing but DNS speaks for it. */
const PLANS: readonly WayPlan[] = [
  { kind: 'address', connect_ms: 0, firstByte_ms: 5 },
  { kind: 'address', connect_ms: 0, firstByte_ms: 30 },
];

/** When the old address ends, in s after the move. */
const MOVES = [
  { name: 'the old address goes on', end_s: undefined },
  { name: `it ends a TTL (${TTL_S} s) later`, end_s: TTL_S },
  { name: 'it ends at the move', end_s: 0 },
] as const;
type Move = (typeof MOVES)[number];

interface Entrant {
  readonly name: string;
  readonly bare: boolean;
  readonly settle_ms: number;
  subject(dns: number, tls: number): Subject;
}

const nameOf = (index: number): string => `d${index}.moved.test`;

const ENTRANTS: readonly Entrant[] = [
  {
    name: GATEWAY,
    bare: false,
    settle_ms: 0,
    subject: (dns) => gateway(GATEWAY, { upstream: { type: 'direct' }, nameservers: `127.0.0.1:${dns}` }),
  },
  {
    name: 'HAProxy, resolvers',
    bare: true,
    settle_ms: 2000,
    subject: (dns, tls) =>
      haproxyWith('haproxy', (port) =>
        [
          `resolvers own\n  nameserver own 127.0.0.1:${dns}\n  resolve_retries 3\n  timeout resolve 1s\n  timeout retry 1s`,
          `  hold valid ${TTL_S}s`,
          `listen moved\n  bind 127.0.0.1:${port}\n  server site ${nameOf(0)}:${tls} resolvers own resolve-prefer ipv4 init-addr none`,
        ].join('\n'),
      ),
  },
  {
    name: 'v2ray, its own DNS',
    bare: false,
    settle_ms: 0,
    subject: (dns) =>
      v2rayWith('v2ray', {
        dns: { servers: [{ address: '127.0.0.1', port: dns }] },
        outbounds: [{ protocol: 'freedom', settings: { domainStrategy: 'UseIPv4' } }],
      }),
  },
];

interface Trial {
  readonly entrant: Entrant;
  readonly move: Move;
  /** From the move to the last answer by the old address; undefined if it still led at the end. */
  readonly leads_ms: number | undefined;
  readonly requests: number;
  readonly failed: number;
}

function lastOld(looks: readonly Totals[]): number {
  const last = looks[looks.length - 1].answered[OLD];
  return looks.find(({ answered }) => answered[OLD] === last)?.at ?? 0;
}

async function trial(
  entrant: Entrant,
  move: Move,
  ground: Ground,
  hello: Uint8Array,
  quick: boolean,
): Promise<Trial | undefined> {
  const hosts = ground.ways.map(({ host }): Host => ({ A: [host], ttl_s: TTL_S }));
  const zones: Record<string, Host> = {};
  for (let index = 0; index < NAMES; index += 1) zones[nameOf(index)] = hosts[OLD];
  const dns = await DnsServer.start(zones);
  const { tls } = ground;
  try {
    return await running(entrant.subject(dns.port, tls), async (port) => {
      await sleep(entrant.settle_ms);
      const words = tlsWords(hello);
      const to = (index: number) => (entrant.bare ? undefined : { host: nameOf(index % NAMES), port: tls });
      const requests = new Steady(ground, RATE, (index) => visit(port, to(index), words, TIMEOUT_MS));
      try {
        await requests.until(HEALTHY_MS, () => false);
        const movedAt = performance.now();
        for (const name of Object.keys(zones)) zones[name] = hosts[NEW];
        const end =
          move.end_s === undefined
            ? undefined
            : setTimeout(() => void ground.suffer(OLD, 'refused'), move.end_s * 1000);
        await requests.until(quick ? MOVED_MAX_MS / 2 : MOVED_MAX_MS, (looks, from) => {
          const { answered } = looks[looks.length - 1];
          return answered[NEW] > 0 && performance.now() - Math.max(from + LEADS_MS, lastOld(looks)) >= LEADS_MS;
        });
        clearTimeout(end);
        await requests.stop();
        return judge(entrant, move, requests, movedAt);
      } finally {
        await requests.stop();
      }
    });
  } finally {
    await dns.close();
  }
}

function judge(entrant: Entrant, move: Move, { ended, looks }: Steady, movedAt: number): Trial {
  const last = lastOld(looks);
  const leads = looks[looks.length - 1].answered[NEW] > 0 && looks[looks.length - 1].at - last >= LEADS_MS / 2;
  return {
    ...{ entrant, move, leads_ms: leads ? Math.max(0, last - movedAt) : undefined, requests: ended.length },
    failed: ended.filter(({ failure }) => failure !== undefined).length,
  };
}

const rowOf = ({ entrant, move, leads_ms, requests, failed }: Trial): string[] => [
  ...[
    entrant.name,
    move.name,
    leads_ms === undefined ? 'never' : (leads_ms / 1000).toFixed(1),
    `${failed} / ${requests}`,
  ],
];

function brokenBy({ move, leads_ms, failed }: Trial, quick: boolean): string[] {
  const where = `moved, ${move.name}`;
  return [
    // While DNS tells of none but an address that has ended, nobody can do better.
    ...(failed > 0 && move.end_s !== 0 ? [`${where}: ${failed} connections failed`] : []),
    ...(leads_ms === undefined ? [`${where}: the new address does not lead`] : []),
    ...(!quick && leads_ms !== undefined && leads_ms > (TTL_S + 1) * 1000
      ? [`${where}: it leads after ${(leads_ms / 1000).toFixed(1)} s`]
      : []),
  ];
}

export async function moved({ quick, alone }: CellOptions, told: (what: string) => void): Promise<Outcome> {
  const server = await HelloServer.listen();
  const hello = await clientHello({ servername: TLS_NAME });
  const trials: Trial[] = [];
  const missing: string[] = [];
  try {
    for (const entrant of ENTRANTS) {
      if (alone && entrant.name !== GATEWAY) continue;
      told(`moved: ${entrant.name}`);
      const grounds: Ground[] = [];
      for (const _ of MOVES) grounds.push(await Ground.lay(PLANS, server));
      const made = await Promise.all(MOVES.map((move, index) => trial(entrant, move, grounds[index], hello, quick)));
      for (const ground of grounds) await ground.close();
      const found = made.filter((one) => one !== undefined);
      if (found.length === 0) missing.push(`${entrant.name}: not installed.`);
      trials.push(...found);
    }
  } finally {
    await server.stop();
  }
  return {
    table: {
      title: 'A name moves to another address',
      notes: [
        `${RATE} requests a second to ${NAMES} names with a TTL of ${TTL_S} s; the new address answers 25 ms later than the old one.`,
        'HAProxy is bound to one name, which it resolves every second. microsocks asks the machine’s own resolver and is left out.',
        ...missing,
      ],
      headings: ['subject', 'move', 'the new address leads after s', 'failed'],
      rows: trials.map(rowOf),
    },
    broken: trials.filter(({ entrant }) => entrant.name === GATEWAY).flatMap((one) => brokenBy(one, quick)),
  };
}
