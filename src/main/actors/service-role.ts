// The roles of the DNS actor, the route actor, the TLS actor and the share actor. Their threads have no engine and count no turns: the beats of their
// pulse are their sign of life.
import { pathOfFd } from '../../linux/memory-file.js';
import { closeFd } from '../../linux/sockets.js';
import type { LineEvent } from '../../protocol/lines/health/health.js';
import type { Options } from '../../protocol/options.js';
import type { NamesControl } from '../../threads/contracts/dns.js';
import type { RoutesControl } from '../../threads/contracts/routes.js';
import type { ShareControl } from '../../threads/contracts/share.js';
import type { NamesStart, RoutesStart, SharedMemory, ShareStart, TlsStart } from '../../threads/contracts/start.js';
import type { TlsControl } from '../../threads/contracts/tls.js';
import type { Remote } from '../../threads/port.js';
import { within } from '../../threads/within.js';
import type { Notices } from '../process/notices.js';
import { ownVersion } from '../process/own-version.js';
import type { SteeringKeeper } from '../steering/keeper.js';
import { answers } from './answers.js';
import { ActorLog } from './log-port.js';
import type { Role } from './role.js';
import { SignsOfLife } from './signs-of-life.js';
import type { Switchboard } from './switchboard.js';

/** How long pins may be waited for: less than it waits itself, and then they come later. */
const PINS_MS = 1000;

/** What a DNS actor begins with that takes the place of another one. */
export interface Succession {
  readonly options: Options;
  /** See NamesControl. */
  readonly evidence: string | undefined;
  /** The state file is another one: what is in it counts too. */
  readonly isFileNew?: boolean;
  /** What the earlier one has answered does not hold any more. */
  readonly areOutdated?: boolean;
}

/** `mayWrite`: whether this process may write a state file. `succession`: for the first start. */
export function namesRole(
  switchboard: Switchboard,
  notices: Notices,
  mayWrite: (path: string | null) => boolean,
  succession?: Succession,
): Role<NamesControl> {
  const said = new ActorLog(notices);
  const life = new SignsOfLife();
  const { options: before } = switchboard.generation;
  let evidence = succession?.evidence;
  let served: Remote<NamesControl> | undefined;
  return {
    kind: 'dns',
    name: 'DNS actor',
    begin(control) {
      const port = said.open();
      // Its options may not be those in force yet, also when it dies and is started again.
      const inForce = switchboard.generation.options;
      const options = inForce === before ? (succession?.options ?? inForce) : inForce;
      const readOnly = !mayWrite(options.dns.state_file);
      const isFileNew = succession?.isFileNew ?? false;
      const own = { options, beats: life.begin(), control, log: port, readOnly, evidence, isFileNew };
      evidence = undefined;
      return { start: own satisfies NamesStart, ports: [control, port] };
    },
    ready: answers,
    serving(control) {
      served = control;
      return switchboard.namesServe(control, succession?.areOutdated ?? false);
    },
    turns: (control) => life.shown(() => answers(control)),
    beat: () => life.beat(),
    late: () => life.late(),
    stop: (control) => control.stop(),
    gone() {
      if (served !== undefined) switchboard.namesGone(served);
      said.close();
    },
  };
}

/** What an actor must hear of lines, and who asks it for the pins of its state file. */
export interface LineKeepers {
  readonly budgets: { readonly events: readonly LineEvent[] };
  readonly steering: Pick<SteeringKeeper, 'takePinsOf'>;
}

/** `left`: a file in memory with what the route actor of another process knew; it is closed when it is read. */
export function routesRole(
  switchboard: Switchboard,
  notices: Notices,
  mayWrite: (path: string | null) => boolean,
  keepers: LineKeepers,
  left?: number,
): Role<RoutesControl> {
  let file = left;
  /** What another process leaves is as much as the other gateways know. */
  let isFirst = left === undefined;
  const said = new ActorLog(notices);
  const life = new SignsOfLife();
  return {
    kind: 'routes',
    name: 'route actor',
    begin(control) {
      const port = said.open();
      const { options } = switchboard.generation;
      const readOnly = !mayWrite(options.cache.state_file);
      const left = file === undefined ? undefined : pathOfFd(file);
      const own = { options, beats: life.begin(), control, log: port, readOnly, left, isFirst };
      // One that takes the place of a dead one does not ask again.
      isFirst = false;
      return { start: own satisfies RoutesStart, ports: [control, port] };
    },
    ready: answers,
    async serving(control) {
      // The actor has opened it.
      if (file !== undefined) closeFd(file);
      file = undefined;
      control.tellLines(keepers.budgets.events).catch(() => {});
      // A long file is read beside its work.
      await within(PINS_MS, keepers.steering.takePinsOf(control, false));
      await switchboard.routesServe(control);
    },
    turns: (control) => life.shown(() => answers(control)),
    beat: () => life.beat(),
    late: () => life.late(),
    stop: (control) => control.stop(),
    gone() {
      switchboard.routesGone();
      said.close();
    },
  };
}

export function tlsRole(switchboard: Switchboard): Role<TlsControl> {
  const life = new SignsOfLife();
  return {
    kind: 'tls',
    name: 'TLS actor',
    begin: (control) => ({
      start: { options: switchboard.generation.options, beats: life.begin(), control } satisfies TlsStart,
      ports: [control],
    }),
    ready: answers,
    serving: (control) => switchboard.tlsServes(control),
    turns: (control) => life.shown(() => answers(control)),
    beat: () => life.beat(),
    late: () => life.late(),
    stop: (control) => control.stop(),
    gone: () => switchboard.tlsGone(),
  };
}

/** `memory`: of all connection actors. */
export function shareRole(
  switchboard: Switchboard,
  notices: Notices,
  { counters, userShares, userTable, siteLeases }: Omit<SharedMemory, 'own' | 'maps'>,
): Role<ShareControl> {
  const said = new ActorLog(notices);
  const life = new SignsOfLife();
  return {
    kind: 'share',
    name: 'share actor',
    begin(control) {
      const log = said.open();
      const { options } = switchboard.generation;
      const users = { userShares, userTable, siteLeases };
      const own = { options, beats: life.begin(), control, log, counters, ...users, version: ownVersion() };
      return { start: own satisfies ShareStart, ports: [control, log] };
    },
    ready: answers,
    serving: (control) => switchboard.shareServes(control),
    turns: (control) => life.shown(() => answers(control)),
    beat: () => life.beat(),
    late: () => life.late(),
    stop: (control) => control.stop(),
    gone() {
      switchboard.shareGone();
      said.close();
    },
  };
}
