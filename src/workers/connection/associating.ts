// Makes the associations of a generation. Its parts are made with the first one. An association keeps its generation's limits and
// times, but whether and by which lines a new flow goes is asked of the present generation: an association may last for days.
import { randomInt } from 'node:crypto';
import type { Target } from '../../protocol/address/target.js';
import { allowedLines } from './allowed-lines.js';
import type { Context } from './context.js';
import { type AssociateParts, associate, type MakeAssociation } from './udp/associate.js';
import type { Asker, Choose } from './udp/choice/choice.js';
import { FirstChoice } from './udp/choice/first-choice.js';
import { QuicContests } from './udp/quic/quic-contests.js';
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
  const choose: Choose = (target, asker, outcome) => {
    const { engine, lines, egress, names, allLines } = present();
    const allowed = (): ReturnType<typeof allowedFor> => allowedFor(present(), allLines, target, asker);
    return new FirstChoice({ engine, lines, egress, names, allowed }, target, asker, outcome);
  };
  const proxied: ProxiedWayParts = { ...context, unheard: new Unheard() };
  const openWay: OpenWay = (line, ipLength, depth, outcome) =>
    line.isDirect ? openDirectWay(context, line, ipLength, outcome) : openProxiedWay(proxied, line, depth, outcome);
  const queues = context.udpQueues;
  // Of the server name rules are asked as of a target.
  const allowed = (target: Target, asker: Asker): ReturnType<typeof allowedFor> => {
    const now = present();
    return allowedFor(now, now.allLines, target, asker);
  };
  const contests = new QuicContests({ ...context, queues, allowed });
  return { ...context, queues, seed: SEED, contests, choose, openWay };
}

function allowedFor(
  context: Context,
  allLines: readonly number[],
  target: Parameters<Choose>[0],
  { connection, user }: Parameters<Choose>[1],
) {
  const allowed = allowedLines(context, target, connection, user);
  if (allowed.code !== 'allowed') return allowed;
  return { code: allowed.code, lines: allowed.choice?.lines ?? allLines, client: allowed.client };
}
