// Makes the associations of a generation. Its parts are made with the first one. An association keeps its generation's limits and
// times, but whether and by which lines a new flow goes is asked of the present generation: an association may last for days.
import { randomInt } from 'node:crypto';
import type { Target } from '../../protocol/address/target.js';
import { allowedLines } from './allowed-lines.js';
import type { Context } from './context.js';
import { ClientNotices } from './shared/client-notices.js';
import { type AssociateParts, associate, type MakeAssociation } from './udp/associate.js';
import type { Asker, Choose } from './udp/choice/choice.js';
import { DestinationChoice, type FlowChoiceParts } from './udp/choice/flow-choice.js';
import { QuicContests } from './udp/quic/quic-contests.js';
import type { Allowed } from './udp/quic/server-name.js';
import { AskedProxies } from './udp/ways/asked-proxies.js';
import { openDirectWay } from './udp/ways/direct-way.js';
import { openProxiedWay, type ProxiedWayParts } from './udp/ways/proxied-way.js';
import { Unheard } from './udp/ways/unheard.js';
import type { OpenWay } from './udp/ways/ways.js';

/** In each process another one. */
const SEED = randomInt(2 ** 32) | 0;

export function associating(own: () => Context, present: () => Context): MakeAssociation {
  let parts: AssociateParts | undefined;
  return (request) => {
    parts ??= partsOf(own(), present);
    return associate(parts, request);
  };
}

function partsOf(context: Context, present: () => Context): AssociateParts {
  let known: { readonly context: Context; readonly parts: FlowChoiceParts } | undefined;
  const choose: Choose = (target, asker, outcome) => {
    const now = present();
    if (known?.context !== now) known = { context: now, parts: choiceParts(now) };
    return new DestinationChoice(known.parts, target, asker, outcome);
  };
  const proxies = new AskedProxies({ ...context, notices: new ClientNotices(context.log) });
  const proxied: ProxiedWayParts = { ...context, proxies, unheard: new Unheard() };
  const openWay: OpenWay = (line, ipLength, depth, outcome) =>
    line.isDirect ? openDirectWay(context, line, ipLength, outcome) : openProxiedWay(proxied, line, depth, outcome);
  const queues = context.udpQueues;
  // Of the server name rules are asked as of a target.
  const allowed = (target: Target, { connection, user }: Asker): Allowed => {
    const now = present();
    const own = allowedLines(now, target, connection, user);
    return own.code === 'allowed' ? { code: own.code, lines: own.choice?.lines ?? now.allLines } : own;
  };
  const contests = new QuicContests({ ...context, queues, allowed });
  return { ...context, queues, seed: SEED, contests, choose, openWay };
}

function choiceParts(context: Context): FlowChoiceParts {
  const allowedFor: FlowChoiceParts['allowedFor'] = (target, { connection, user }) =>
    allowedLines(context, target, connection, user);
  return { ...context, allowedFor };
}
