// The state of the running gateway as `tcproute status` and `tcproute top` show it, made of answers of its API. Pure.
import type { Part } from '../admin/part.js';
import { ageText, bytesText, counted, pace, rateText, UNKNOWN } from '../drawing/figures.js';

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

/** `tcproute 1.2.3, up 3 d, process 4711` */
export function titleOf(status: Part): string {
  const uptime_s = status.number('uptime_s');
  return [
    `tcproute ${status.text('version') ?? UNKNOWN}`,
    `up ${ageText(uptime_s === undefined ? undefined : uptime_s * 1000)}`,
    `process ${status.number('pid') ?? UNKNOWN}`,
  ].join(', ');
}

/** Counts and rates, the most important ones first. `traffic`: undefined where none was heard. */
export function figuresOf(status: Part, traffic: Part | undefined): readonly string[] {
  const connections = status.part('connections');
  const [live, max] = [connections.number('live'), connections.number('max')];
  const [up_s, down_s] = [traffic?.number('bytes_up_per_s'), traffic?.number('bytes_down_per_s')];
  const [opened_s, failed_s] = [traffic?.number('opened_per_s'), traffic?.number('failed_per_s')];
  const flows = status.part('udp').part('flows').number('live') ?? 0;
  return [
    `${live ?? UNKNOWN} live${max === undefined ? '' : ` of ${max}`}`,
    ...(flows > 0 ? [counted(flows, 'flow')] : []),
    `up ${rateText(up_s)}`,
    `down ${rateText(down_s)}`,
    `new ${pace(opened_s)}`,
    `failed ${pace(failed_s)}`,
  ];
}

/** Of datagrams; empty where no client has ever asked to send any, and of a gateway that does not tell. */
export function datagramsOf(status: Part, traffic: Part | undefined): readonly string[] {
  const udp = status.part('udp');
  const [associations, flows] = [udp.part('associations'), udp.part('flows')];
  const [live, max] = [flows.number('live'), flows.number('max')];
  const [sent, dropped, rescues] = [udp.number('datagrams_up'), udp.number('dropped'), udp.number('quic_rescues')];
  if (live === undefined || live + (associations.number('live') ?? 0) + (sent ?? 0) + (dropped ?? 0) === 0) return [];
  return [
    counted(associations.number('live') ?? 0, 'association'),
    `${counted(live, 'flow')}${max === undefined ? '' : ` of ${max}`}`,
    `sent ${pace(traffic?.number('datagrams_up_per_s'))}`,
    `came ${pace(traffic?.number('datagrams_down_per_s'))}`,
    `dropped ${dropped ?? UNKNOWN}`,
    ...(rescues ? [`QUIC rescues ${rescues}`] : []),
  ];
}

/** What the process has of the machine. */
export function resourcesOf(status: Part): readonly string[] {
  const fds = status.part('fds');
  const [open, max] = [fds.number('open'), fds.number('max')];
  return [
    `${bytesText(status.part('memory').number('bytes_resident'))} of memory`,
    `${open ?? UNKNOWN} file descriptors${max === undefined ? '' : ` of ${max}`}`,
    counted(status.parts('actors').length, 'actor'),
  ];
}
