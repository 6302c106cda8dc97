// The state of the running gateway as `tcproute status` and `tcproute top` show it, made of answers of its API. Pure.
import type { Part } from '../admin/part.js';
import { ageText, bytesText, counted, pace, rateText, UNKNOWN } from '../drawing/figures.js';

/** What the API said at one moment. */
export interface Sample {
  /** A clock of this process, in ms. */
  readonly at: number;
  readonly status: Part;
}

export interface Rates {
  /** Connections a second. */
  readonly opened_s: number | undefined;
  readonly failed_s: number | undefined;
  /** Bytes a second from clients, and to them. */
  readonly up_s: number | undefined;
  readonly down_s: number | undefined;
}

/** A sentence, and since when it is so (ms since 1970). */
export interface Wrong {
  readonly sentence: string;
  readonly since: number | undefined;
}

/** What is wrong now, the worst first; empty where all is well. */
export function wrongIn(status: Part): readonly Wrong[] {
  const state = status.text('state');
  const isDraining = state !== undefined && state !== 'serving';
  const stopped = status.parts('actors').filter((actor) => actor.has('is_serving') && !actor.is('is_serving'));
  const open = status.part('fds');
  return [
    ...(isDraining ? [{ sentence: `it is ${state}: it takes no more clients`, since: undefined }] : []),
    ...stopped.map((actor) => ({ sentence: actorText(actor), since: actor.part('last_death').time('at') })),
    ...status
      .parts('troubles')
      .filter(isBad)
      .map((trouble) => ({ sentence: troubleText(trouble), since: trouble.time('since') })),
    ...(isFull(open.number('open'), open.number('max'))
      ? [{ sentence: 'it has hardly any file descriptors left', since: undefined }]
      : []),
  ];
}

/** What is told at level info, such as a spent budget, is as it should be. */
const isBad = (trouble: Part): boolean => trouble.text('level') !== 'info';

/** What may be worth knowing, and is no fault. */
export function toldIn(status: Part): readonly Wrong[] {
  return status
    .parts('troubles')
    .filter((trouble) => !isBad(trouble))
    .map((trouble) => ({ sentence: troubleText(trouble), since: trouble.time('since') }));
}

const FULL = 0.95;
const isFull = (open: number | undefined, max: number | undefined): boolean =>
  open !== undefined && max !== undefined && open >= max * FULL;

function actorText(actor: Part): string {
  const why = actor.part('last_death').text('why');
  return `the ${actor.text('name') ?? 'an actor'} is started again${why === undefined ? '' : ` (${why})`}`;
}

function troubleText(trouble: Part): string {
  const message = trouble.text('message') ?? trouble.text('topic') ?? 'something';
  const fields = trouble.part('fields');
  const why = fields.text('why') ?? fields.text('detail');
  const server = fields.text('server');
  const whose = server !== undefined && !message.includes(server) ? `DNS server ${server}: ` : '';
  return `${whose}${message}${why === undefined || message.includes(why) ? '' : `: ${why}`}`;
}

/** Undefined where a count has begun anew between the two: another process answers. */
export function ratesBetween(before: Sample | undefined, now: Sample): Rates {
  const none = { opened_s: undefined, failed_s: undefined, up_s: undefined, down_s: undefined };
  if (before === undefined || now.at <= before.at) return none;
  if (before.status.text('started_at') !== now.status.text('started_at')) return none;
  const seconds = (now.at - before.at) / 1000;
  const rate = (name: string): number | undefined => {
    const [earlier, later] = [before, now].map(({ status }) => status.part('totals').number(name));
    return earlier === undefined || later === undefined ? undefined : Math.max(0, later - earlier) / seconds;
  };
  return { opened_s: rate('opened'), failed_s: rate('failed'), up_s: rate('bytesUp'), down_s: rate('bytesDown') };
}

/** `tcproute 1.2.3, up 3 d, process 4711` */
export function titleOf(status: Part): string {
  const uptime_s = status.number('uptime_s');
  return [
    `tcproute ${status.text('version') ?? UNKNOWN}`,
    `up ${ageText(uptime_s === undefined ? undefined : uptime_s * 1000)}`,
    `process ${status.number('pid') ?? UNKNOWN}`,
  ].join(', ');
}

/** Counts and rates, the most important ones first. */
export function figuresOf(status: Part, { opened_s, failed_s, up_s, down_s }: Rates): readonly string[] {
  const connections = status.part('connections');
  const [live, max] = [connections.number('live'), connections.number('max')];
  return [
    `${live ?? UNKNOWN} live${max === undefined ? '' : ` of ${max}`}`,
    `up ${rateText(up_s)}`,
    `down ${rateText(down_s)}`,
    `new ${pace(opened_s)}`,
    `failed ${pace(failed_s)}`,
  ];
}

/** What the process has of the machine. */
export function resourcesOf(status: Part): readonly string[] {
  const fds = status.part('fds');
  const [open, max] = [fds.number('open'), fds.number('max')];
  return [
    `${bytesText(status.part('memory').number('bytes_resident'))} of memory`,
    `${open ?? UNKNOWN} file descriptors${max === undefined ? '' : ` of ${max}`}`,
    counted(status.parts('actors').length, 'thread'),
  ];
}
