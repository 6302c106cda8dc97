// The role of the admin actor: main's contract goes with its start.
import { MessageChannel } from 'node:worker_threads';
import type { AdminControl } from '../../threads/contracts/admin/control.js';
import type { GatewayAdmin } from '../../threads/contracts/admin/gateway.js';
import type { AdminStart } from '../../threads/contracts/start.js';
import { serve } from '../../threads/port.js';
import { answers } from '../actors/answers.js';
import { ActorLog } from '../actors/log-port.js';
import type { Role } from '../actors/role.js';
import { SignsOfLife } from '../actors/signs-of-life.js';
import type { Switchboard } from '../actors/switchboard.js';
import type { Notices } from '../process/notices.js';

export interface AdminRoleParts {
  readonly gateway: GatewayAdmin;
  readonly notices: Notices;
  readonly counters: SharedArrayBuffer;
  /** See gateway-counts.ts. */
  readonly counts: SharedArrayBuffer;
  /** See udp-lines.ts. */
  readonly udpLines: SharedArrayBuffer;
  /** The listening socket; asked for at each start. Undefined: it is told later. */
  readonly fd: () => number | undefined;
}

export function adminRole(switchboard: Switchboard, parts: AdminRoleParts): Role<AdminControl> {
  const { gateway, notices, counters, counts, udpLines, fd } = parts;
  const said = new ActorLog(notices);
  const life = new SignsOfLife();
  return {
    kind: 'admin',
    name: 'admin actor',
    begin(control) {
      const log = said.open();
      const { port1, port2 } = new MessageChannel();
      // It closes with the actor's end.
      serve(gateway, port1);
      const { options } = switchboard.generation;
      const beats = life.begin();
      const own = { options, beats, control, log, gateway: port2, fd: fd(), counters, counts, udpLines };
      return { start: own satisfies AdminStart, ports: [control, log, port2] };
    },
    ready: answers,
    serving: (control) => switchboard.adminServes(control),
    turns: (control) => life.shown(() => answers(control)),
    beat: () => life.beat(),
    late: () => life.late(),
    stop: (control) => control.stop(),
    gone() {
      switchboard.adminGone();
      said.close();
    },
  };
}
