// What sharing costs in a site: commands and bytes at the engine, its memory, and the CPU time of gateways, beside the same gateways
// that share nothing, and beside the model with the same parameters.
import { setTimeout as sleep } from 'node:timers/promises';
import { clientHello } from '../../../test/helpers/tls-hello.js';
import { TLS_NAME } from '../../../test/helpers/tls-server.js';
import type { Outcome } from '../../choice/cells/cell.js';
import { cpuBetween, cpuTime } from '../../process/cost.js';
import { tlsWords } from '../../race/requests/visit.js';
import { median } from '../../results/median.js';
import { Clients } from '../ground/clients.js';
import { type EngineFigures, engineFigures, figuresBetween } from '../ground/engine-figures.js';
import { Fleet } from '../ground/fleet.js';
import { type FleetParameters, USUAL } from '../model/parameters.js';
import { runRoutes } from '../model/routes-run.js';
import { constantsOf } from '../model/tables.js';
import type { FleetCell } from './cell.js';

const DESTINATIONS = 10_000;
/** A gateway connects to the engine beside its start. */
const SETTLE_MS = 1500;
const US_PER_S = 1_000_000;
/** Of a core, beside the same gateway that shares nothing, where a gateway remembers for as long as usual. */
const CPU_MAX = 0.005;
const MIB = 2 ** 20;
const KIB = 1024;

interface Measured {
  readonly connections: number;
  readonly failed: number;
  readonly firstContacts: number;
  /** Mean of first contacts. */
  readonly firstByte_ms: number;
  /** For each connection, of all. */
  readonly dials: number;
  /** Of a core, the median of gateways. */
  readonly cpu: number;
  readonly engine: EngineFigures;
}

async function measured(parameters: FleetParameters): Promise<Measured> {
  const { gateways, destinations, lines, ttl_s, lookup_ms, warm_s, measured_s, seed } = parameters;
  // A line that is silent everywhere would be found dead, so each is silent for some.
  const silence = { each: Math.round(1 / parameters.mute), lines };
  const fleet = await Fleet.lay({ destinations, lines, ttl_s, lookup_ms, silence });
  const words = tlsWords(await clientHello({ servername: TLS_NAME }));
  const figures = async (): Promise<EngineFigures> => engineFigures(await fleet.engine.ask('INFO'));
  const clients: Clients[] = [];
  try {
    const empty = await figures();
    const daemons = [];
    for (let one = 0; one < gateways; one += 1) {
      const daemon = await fleet.gateway(parameters.shared ? `gateway-${one}` : undefined);
      if (daemon === undefined) throw new Error('the gateway is not built');
      daemons.push(daemon);
    }
    await sleep(SETTLE_MS);
    for (const [one, { listen }] of daemons.entries())
      clients.push(new Clients(fleet, listen.echo, words, parameters, seed + one));
    await sleep(warm_s * 1000);
    const before = {
      engine: await figures(),
      cpu: daemons.map(({ pid }) => cpuTime(pid)),
      dials: sum(await fleet.dials()),
    };
    const from = performance.now();
    await sleep(measured_s * 1000);
    const to = performance.now();
    const cpus = daemons.map(({ pid }, one) => cpuBetween(before.cpu[one] ?? { user: 0, system: 0 }, cpuTime(pid)));
    const engine = figuresBetween(before.engine, await figures());
    const dials = sum(await fleet.dials()) - before.dials;
    await Promise.all(clients.map((one) => one.stop()));
    const made = clients.flatMap(({ asked }) => asked).filter(({ at }) => at >= from && at < to);
    const first = made.filter(({ isFirst }) => isFirst);
    return {
      connections: made.length,
      failed: made.filter(({ failure }) => failure !== undefined).length,
      firstContacts: first.length,
      firstByte_ms: first.reduce((sum, { ms }) => sum + ms, 0) / first.length,
      dials: dials / made.length,
      cpu: median(cpus.map(({ user, system }) => (user + system) / US_PER_S / ((to - from) / 1000))),
      engine: { ...engine, memory: engine.memory - empty.memory },
    };
  } finally {
    await Promise.all(clients.map((one) => one.stop()));
    await fleet.close();
  }
}

const sum = (counts: readonly number[]): number => counts.reduce((one, other) => one + other, 0);
const fixed = (digits: number, value: number): string => (Number.isFinite(value) ? value.toFixed(digits) : '-');
const percent = (part: number): string => `${(part * 100).toFixed(2)} %`;

function measuredRow(name: string, { measured_s }: FleetParameters, one: Measured): string[] {
  const each = (count: number): number => count / measured_s;
  return [
    ...[name, fixed(0, each(one.connections)), percent(one.firstContacts / one.connections)],
    ...[fixed(1, one.firstByte_ms), fixed(2, one.dials)],
    ...[fixed(0, each(one.engine.commands)), fixed(1, each(one.engine.octetsIn) / KIB)],
    ...[fixed(1, each(one.engine.octetsOut) / KIB), `${one.engine.keys}`, fixed(2, one.engine.memory / MIB)],
    ...[percent(one.engine.cpu_s / measured_s), percent(one.cpu)],
  ];
}

/** The model has no CPU, and knows what a connection and a silent line take only from its parameters. */
function simulatedRow(name: string, parameters: FleetParameters): string[] {
  const { connections, firstContacts, firstByte_ms, dials, traffic, keys, octets } = runRoutes(parameters);
  const each = (count: number): number => count / parameters.measured_s;
  const constants = constantsOf(parameters);
  return [
    ...[
      name,
      fixed(0, each(connections)),
      percent(firstContacts / connections),
      fixed(1, firstByte_ms / firstContacts),
    ],
    fixed(2, (dials + connections - firstContacts) / connections),
    ...[
      fixed(0, each(traffic.commands) + constants.commands),
      fixed(1, (each(traffic.octetsIn) + constants.octetsIn) / KIB),
    ],
    ...[fixed(1, (each(traffic.octetsOut) + constants.octetsOut) / KIB), `${keys}`, fixed(2, octets / MIB)],
    ...['-', '-'],
  ];
}

export const site: FleetCell = async ({ quick, gateways }, told): Promise<Outcome> => {
  const time_s = quick ? 5 : 60;
  const shared: FleetParameters = {
    ...{ ...USUAL, gateways, destinations: DESTINATIONS, ttl_s: time_s, warm_s: time_s, measured_s: time_s },
    // As it is on this machine.
    ...{ good_ms: 20, silent_ms: 150 },
  };
  const alone = { ...shared, shared: false };
  told(`site: ${gateways} gateways that share, ${2 * time_s} s`);
  const together = await measured(shared);
  told(`site: the same alone, ${2 * time_s} s`);
  const apart = await measured(alone);
  const more = together.cpu - apart.cpu;
  // What sharing takes goes by first contacts, which are many here, since a gateway forgets soon.
  const each_ms = (more * 1000 * shared.measured_s * gateways) / together.firstContacts;
  const usual = runRoutes({ ...USUAL, gateways });
  const usualMore = (each_ms / 1000) * (usual.firstContacts / USUAL.measured_s / gateways);
  const failed = together.failed + apart.failed;
  return {
    table: {
      title: `${gateways} gateways of a site, ${DESTINATIONS} destinations`,
      notes: [
        `${shared.rate} connections a second of each gateway by Zipf's law over ${shared.lines} lines; one destination in ${Math.round(1 / shared.mute)} has a silent line; remembered for ${shared.ttl_s} s.`,
        `${time_s} s after as long. Simulated: the model with the same parameters. CPU: of a core, the gateway's is the median.`,
        `Sharing takes ${percent(more)} of a core, ${fixed(2, each_ms)} ms for each first contact. A gateway that remembers for ${USUAL.ttl_s} s has ${percent(usual.firstContacts / usual.connections)} first contacts: ${percent(usualMore)}.`,
      ],
      headings: [
        ...['', 'connections/s', 'first contacts', 'first byte of these ms', 'dials', 'commands/s', 'in KiB/s'],
        ...['out KiB/s', 'keys', 'engine MiB', 'engine CPU', 'gateway CPU'],
      ],
      rows: [
        measuredRow('shared, measured', shared, together),
        simulatedRow('shared, simulated', shared),
        measuredRow('alone, measured', alone, apart),
        simulatedRow('alone, simulated', alone),
      ],
    },
    broken: [
      ...(failed > 0 ? [`site: ${failed} connections failed`] : []),
      ...(!quick && usualMore > CPU_MAX ? [`site: sharing takes ${percent(usualMore)} of a core of a gateway`] : []),
    ],
  };
};
