// Finds the server that has the keys of the site and takes writes, and connects to it: the one that is configured, the node of a
// cluster that has the slot of the site, or the master that the sentinels name. All keys of a site are in one slot, so one
// connection is enough everywhere.
import { newsKey } from '../../../protocol/share/keys.js';
import type { EnginePlace, ShareOptions } from '../../../protocol/share-options.js';
import type { Command, Reply } from './engine.js';
import { codeOf, type Failure, failure, failureOfReply, isError } from './faults.js';
import { Link } from './link.js';
import { engineTarget, movedTo, type Named, namedAt, placeText, sentinelTarget, type Target } from './target.js';

export interface Found {
  readonly link: Link;
  /** Such as `redis 7.0.15`. */
  readonly server: string;
}

/** A failure, and where it was met. */
export interface NotFound extends Failure {
  readonly place: string;
}

/** The slot of a site moves rarely; nodes that point at each other are a cluster in trouble. */
const MOVES_MAX = 5;
const MAJOR_MIN = 7;
/** For an answer of a server that has just been connected to. */
const ANSWER_MS = 1000;

/** `known`: the node that was named or served last, which is asked first. Tries each place once. Never rejects. */
export async function find(
  share: ShareOptions,
  places: readonly EnginePlace[],
  known: Named | undefined,
  signal: AbortSignal,
): Promise<Found | NotFound> {
  let last: NotFound = { ...failure('other', 'no place is configured'), place: '' };
  const tries = [...(known === undefined || places[0] === undefined ? [] : [{ place: places[0], named: known }])];
  for (const { place, named } of [...tries, ...places.map((one) => ({ place: one, named: undefined }))]) {
    if (signal.aborted) break;
    const found = await WAYS[share.kind](share, place, named, signal);
    if ('link' in found) return found;
    last = found;
  }
  return last;
}

type Way = (
  share: ShareOptions,
  place: EnginePlace,
  named: Named | undefined,
  signal: AbortSignal,
) => Promise<Found | NotFound>;

const single: Way = (share, place, _named, signal) => master(engineTarget(share, place), signal);

const cluster: Way = async (share, place, named, signal) => {
  let at = named;
  for (let moves = 0; ; moves += 1) {
    const target = engineTarget(share, place, at);
    const found = await connect(target, 'cluster', signal);
    if (!('link' in found)) return found;
    const { link } = found;
    // A node says which one has a key, whether there is such a key or not.
    const reply = await answer(link, ['PTTL', newsKey(share.site)], signal);
    if (typeof reply === 'number' || (isError(reply) && codeOf(reply.error) === 'ASK')) return found;
    const moved = isError(reply) ? movedTo(reply.error, target) : undefined;
    if (moved === undefined || moves === MOVES_MAX) return notHelpful(link, reply);
    link.close();
    at = moved;
  }
};

const sentinel: Way = async (share, place, _named, signal) => {
  const target = sentinelTarget(share, place);
  const link = await Link.connect(target, signal);
  if (!(link instanceof Link)) return ofSentinel({ ...link, place: placeText(target) });
  const name = share.sentinel_name ?? '';
  const reply = await answer(link, ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name], signal);
  const [host = '', port = ''] = Array.isArray(reply) ? reply.map(String) : [];
  if (reply === null) link.close(failure('no-master', name));
  const found = namedAt(host, port);
  if (found === undefined) return ofSentinel(notHelpful(link, reply ?? undefined));
  link.close();
  return master(engineTarget(share, place, found), signal);
};

/** What is wrong is so with the sentinel, and not with the master. */
const ofSentinel = (why: NotFound): NotFound =>
  why.fault === 'no-master' ? why : { ...why, detail: `of its sentinel: ${why.detail}` };

const WAYS: Readonly<Record<ShareOptions['kind'], Way>> = { single, cluster, sentinel };

/** Codes of a server that answers questions. */
const STILL_SERVING = new Set(['NOPERM', 'MISCONF', 'OOM']);

async function master(target: Target, signal: AbortSignal): Promise<Found | NotFound> {
  const found = await connect(target, 'standalone', signal);
  if (!('link' in found)) return found;
  // While it loads, or has lost its master, it serves hardly a command. A user may be without this one.
  const reply = await answer(found.link, ['PING'], signal);
  const isServing = isError(reply) ? STILL_SERVING.has(codeOf(reply.error)) : reply !== undefined;
  return isServing ? found : notHelpful(found.link, reply);
}

async function connect(target: Target, mode: string, signal: AbortSignal): Promise<Found | NotFound> {
  const link = await Link.connect(target, signal);
  if (!(link instanceof Link)) return { ...link, place: placeText(target) };
  const reply = await answer(link, ['HELLO', '2'], signal);
  const greeting = greetingOf(reply, (text) => link.shown(text));
  if (greeting === undefined) {
    // What does not know it is older than 6.0.
    if (isError(reply) && codeOf(reply.error) === 'ERR') link.close(failure('version', reply.error));
    return notHelpful(link, link.ended === undefined ? reply : undefined);
  }
  const problem = problemOf(greeting, mode);
  if (problem === undefined) return { link, server: `${greeting.server} ${greeting.version}` };
  link.close(problem);
  return notHelpful(link, undefined);
}

interface Greeting {
  readonly server: string;
  readonly version: string;
  readonly mode: string;
  readonly role: string;
}

/** Of the flat list of names and values that HELLO gives. */
function greetingOf(reply: Reply | undefined, shown: (text: string) => string): Greeting | undefined {
  if (!Array.isArray(reply)) return undefined;
  const value = (name: string): string => {
    const at = reply.findIndex((part, index) => index % 2 === 0 && String(part) === name);
    return at < 0 ? '' : shown(String(reply[at + 1]));
  };
  return { server: value('server'), version: value('version'), mode: value('mode'), role: value('role') };
}

function problemOf({ server, version, mode, role }: Greeting, wanted: string): Failure | undefined {
  if (!(Number.parseInt(version, 10) >= MAJOR_MIN)) return failure('version', `${server} ${version}`);
  if (mode !== wanted)
    return failure('other', `share.kind does not fit: it says that it is of the kind "${mode}", not "${wanted}"`);
  // A replica of a cluster names its master when it is asked for a key.
  return role === 'master' || wanted === 'cluster' ? undefined : failure('replica');
}

/** The reply, within ANSWER_MS; undefined where there is none, and then the link has ended and says why. */
async function answer(link: Link, command: Command, signal: AbortSignal): Promise<Reply | undefined> {
  const giveUp = (): void => link.close(failure('hanging'));
  const timer = setTimeout(giveUp, ANSWER_MS);
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  const replies = await link.send([command]);
  clearTimeout(timer);
  signal.removeEventListener('abort', giveUp);
  return replies?.[0];
}

/** A reply that does not help. */
function notHelpful(link: Link, reply: Reply | undefined): NotFound {
  const why = isError(reply) ? failureOfReply(reply.error) : (link.ended ?? failure('other'));
  link.close();
  return { ...why, place: link.place };
}
