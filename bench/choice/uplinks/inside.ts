// The program within the namespaces: takes each subject through a pulled cable under many sessions, and reports. Not for the
// machine's own network: uplinks/machine.ts starts it.
import { setTimeout as sleep } from 'node:timers/promises';
import { raiseFileLimit } from '../../process/file-limit.js';
import type { Destination } from '../../race/requests/visit.js';
import { Session } from '../load/sessions.js';
import { GATEWAY, gateway, haproxyWith, running, type Subject, v2rayWith } from '../subjects/subject.js';
import { Machine, PORTS, SERVER, UPLINKS } from './machine.js';
import type { Pulled, UplinkOrder, UplinkReport } from './messages.js';

/** Of all sessions, those over the uplink that stays. */
const OTHERS_SHARE = 0.2;
const LOOK_MS = 50;
const SETTLE_MS = 3000;
const READY_MS = 20_000;
/** A cable that is moved from one port to another. */
const SHAKE_MS = 2500;
const HOME_MAX_MS = 12_000;

interface Entrant extends Subject {
  /** The second of two ports of a bare forward; undefined for a SOCKS subject. */
  secondEntry?(entry: number): number;
}

const byInterface = gateway(`${GATEWAY}, two lines by interface`, {
  upstream: {
    type: 'multipath',
    list: [
      { type: 'direct', name: 'one', interface: 'one' },
      { type: 'direct', name: 'two', interface: 'two', tier: 1 },
    ],
  },
  rules: [{ port: PORTS[1], use: ['two'] }],
});

const freedom = (tag: string, sendThrough: string) => ({ tag, protocol: 'freedom', sendThrough, settings: {} });

const ENTRANTS: readonly Entrant[] = [
  byInterface,
  {
    ...haproxyWith('HAProxy, backup, on-marked-down shutdown-sessions', (port) => {
      const server = (uplink: keyof typeof UPLINKS, to: number): string =>
        `server ${uplink} ${SERVER}:${to} source ${UPLINKS[uplink]} interface ${uplink} check inter 500ms fall 2 rise 2 ` +
        'on-marked-down shutdown-sessions';
      const [first, second] = PORTS;
      return [
        `listen first\n  bind 127.0.0.1:${port}\n  ${server('one', first)}\n  ${server('two', first)} backup`,
        `listen second\n  bind 127.0.0.1:${port + 1}\n  ${server('two', second)}`,
      ].join('\n');
    }),
    secondEntry: (entry) => entry + 1,
  },
  v2rayWith('v2ray, balancer "random" of sendThrough', {
    outbounds: [freedom('line-one', UPLINKS.one), freedom('line-two', UPLINKS.two)],
    routing: {
      balancers: [{ tag: 'lines', selector: ['line-'] }],
      rules: [
        { type: 'field', network: 'tcp', port: String(PORTS[1]), outboundTag: 'line-two' },
        { type: 'field', network: 'tcp', balancerTag: 'lines' },
      ],
    },
  }),
];

const report = (message: UplinkReport): void => void process.send?.(message);

async function until(most_ms: number, isSo: () => boolean): Promise<number | undefined> {
  const from = performance.now();
  while (performance.now() - from < most_ms) {
    if (isSo()) return performance.now() - from;
    await sleep(LOOK_MS);
  }
  return undefined;
}

/** Calls `body` with sessions that have all begun. */
async function withSessions<Result>(
  entrant: Entrant,
  entry: number,
  sessions: number,
  body: (all: readonly Session[]) => Promise<Result>,
): Promise<Result> {
  const others = Math.round(sessions * OTHERS_SHARE);
  const [first, second] = PORTS;
  const otherEntry = entrant.secondEntry?.(entry) ?? entry;
  const all = [
    ...Array.from({ length: sessions - others }, () => new Session(entry, destinationOf(entrant, first))),
    ...Array.from({ length: others }, () => new Session(otherEntry, destinationOf(entrant, second))),
  ];
  try {
    if ((await until(READY_MS, () => all.every(({ by }) => by !== undefined))) === undefined)
      throw new Error(`${entrant.name}: not all sessions began`);
    await sleep(SETTLE_MS);
    return await body(all);
  } finally {
    for (const session of all) session.close();
  }
}

const destinationOf = ({ secondEntry }: Entrant, port: number): Destination | undefined =>
  secondEntry === undefined ? { host: SERVER, port } : undefined;

async function measure(entrant: Entrant, entry: number, machine: Machine, order: UplinkOrder): Promise<Pulled> {
  // HAProxy knows after its first checks which server is up.
  if (entrant.secondEntry !== undefined) await sleep(SETTLE_MS);
  const pulled = await withSessions(entrant, entry, order.sessions, (all) => pull(all, machine, order.patience_ms));
  machine.plug('one');
  const home_ms = await goesHome(entry, destinationOf(entrant, PORTS[0]));
  const shaken = await withSessions(entrant, entry, order.sessions, (all) => shake(all, machine));
  return { subject: entrant.name, asserted: entrant.asserted, ...pulled, home_ms, shaken };
}

async function pull(all: readonly Session[], machine: Machine, patience_ms: number) {
  const struck = all.filter(({ by }) => by === UPLINKS.one);
  const rest = all.filter(({ by }) => by !== UPLINKS.one);
  const pulledAt = performance.now();
  machine.pull('one');
  await until(patience_ms, () => struck.every(({ backAt }) => backAt !== undefined));
  // Who is cut needlessly may be so a little later.
  await sleep(SETTLE_MS);
  const times = struck.flatMap(({ backAt }) => (backAt === undefined ? [] : [backAt - pulledAt])).sort((a, b) => a - b);
  return {
    ...{ struck: struck.length, others: rest.length, cut: rest.filter(({ ends }) => ends > 0).length },
    ...{ back: times.length, back_p50_ms: times[times.length >> 1], back_max_ms: times.at(-1) },
  };
}

/** Pulls the cable and plugs it in again. Returns how many sessions ended. */
async function shake(all: readonly Session[], machine: Machine): Promise<number> {
  machine.pull('one');
  await sleep(SHAKE_MS);
  machine.plug('one');
  await sleep(SETTLE_MS);
  return all.filter(({ ends }) => ends > 0).length;
}

/** Begins sessions until one goes over the uplink that is back. */
async function goesHome(entry: number, destination: Destination | undefined): Promise<number | undefined> {
  const from = performance.now();
  while (performance.now() - from < HOME_MAX_MS) {
    const session = new Session(entry, destination);
    await until(1000, () => session.by !== undefined);
    const { by } = session;
    session.close();
    if (by === UPLINKS.one) return performance.now() - from;
    await sleep(LOOK_MS);
  }
  return undefined;
}

async function carryOut(order: UplinkOrder): Promise<void> {
  raiseFileLimit();
  const machine = await Machine.make();
  process.once('exit', () => machine.close());
  for (const entrant of ENTRANTS) {
    if (order.alone && !entrant.asserted) continue;
    report({ kind: 'begins', subject: entrant.name });
    const pulled = await running(entrant, (entry) => measure(entrant, entry, machine, order));
    report(pulled === undefined ? { kind: 'missing', subject: entrant.name } : { kind: 'pulled', pulled });
  }
  report({ kind: 'done' });
}

if (process.send === undefined) throw new Error('only for a namespace: see machine.ts');
process.once('disconnect', () => process.exit());
process.once('message', (order) => {
  carryOut(order as UplinkOrder).catch((error: unknown) => report({ kind: 'trouble', cause: String(error) }));
});
