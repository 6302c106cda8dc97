// The roles of the DNS and of the route actor: their threads run nothing but Node's own loop, so they show that they
// turn by answering on the control port.
import type { Options } from '../../protocol/options.js';
import type { NamesControl } from '../../threads/contracts/dns.js';
import type { RoutesControl } from '../../threads/contracts/routes.js';
import type { NamesStart, RoutesStart } from '../../threads/contracts/start.js';
import type { Remote } from '../../threads/port.js';
import type { Notices } from '../process/notices.js';
import { ActorLog } from './log-port.js';
import type { Role } from './role.js';
import type { Switchboard } from './switchboard.js';

/** `mayWrite`: whether its state file is this process's to write. */
export function namesRole(
  options: Options,
  switchboard: Switchboard,
  notices: Notices,
  mayWrite: (path: string | null) => boolean,
): Role<NamesControl> {
  const said = new ActorLog(notices);
  return {
    name: 'DNS actor',
    begin(control) {
      const port = said.open();
      const readOnly = !mayWrite(options.dns.state_file);
      return { start: { options, control, log: port, readOnly } satisfies NamesStart, ports: [control, port] };
    },
    ready: answers,
    serving: (control) => switchboard.namesServe(control),
    turns: answers,
    stop: (control) => control.stop(),
    gone() {
      switchboard.namesGone();
      said.close();
    },
  };
}

export function routesRole(
  options: Options,
  switchboard: Switchboard,
  notices: Notices,
  mayWrite: (path: string | null) => boolean,
): Role<RoutesControl> {
  const said = new ActorLog(notices);
  return {
    name: 'route actor',
    begin(control) {
      const port = said.open();
      const readOnly = !mayWrite(options.cache.state_file);
      return { start: { options, control, log: port, readOnly } satisfies RoutesStart, ports: [control, port] };
    },
    ready: answers,
    serving: (control) => switchboard.routesServe(control),
    turns: answers,
    stop: (control) => control.stop(),
    gone() {
      switchboard.routesGone();
      said.close();
    },
  };
}

/** Whatever serves a port answers when it is asked for a property, even for one that it does not have. */
async function answers(control: object): Promise<true> {
  await (control as Remote<{ readonly turning: undefined }>).turning;
  return true;
}
