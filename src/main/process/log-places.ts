// The places that the log and the access log go to after a reload: those that stay are kept open, the others are opened, or
// nothing is. It makes no lines: see log.ts.
import type { LogOptions } from '../../protocol/log-options.js';
import type { Failed } from './done.js';
import { closeDestination, type Destination, isSame, type LogOutlet, openDestinationApart } from './log-outlet.js';

/** Earlier places of which lines are still being written; each has a file open. */
const LEAVING_MAX = 4;
/** How long lines for an earlier place may still be written to it. */
const LEAVE_MS = 5000;

export interface Outlets {
  readonly log: LogOutlet;
  /** Undefined where the access log is in the log, or there is none. */
  readonly access: LogOutlet | undefined;
}

/** `kept`: the outlet that there is. */
export interface NextPlaces {
  readonly log: Destination | 'kept';
  readonly access: Destination | 'kept' | undefined;
}

/** The destination of an access log that is not in the log by its name. */
export const ownAccess = ({ destination, access }: LogOptions): string | undefined =>
  access.enabled === 'off' || access.destination === null || access.destination === destination
    ? undefined
    : access.destination;

/** Opens what `next` has and `before` has not. Where anything fails, nothing is open that was not before. */
export async function openPlaces(
  next: LogOptions,
  before: LogOptions,
  outlets: Outlets,
): Promise<({ readonly code: 'opened' } & NextPlaces) | Failed> {
  const isKept = next.destination === before.destination;
  const log = isKept ? outlets.log.destination : await opened(next.destination);
  if ('code' in log) return log;
  const own = ownAccess(next);
  const places = { code: 'opened', log: isKept ? 'kept' : log } as const;
  if (own === undefined) return { ...places, access: undefined };
  const known = own === ownAccess(before) ? outlets.access?.destination : undefined;
  const access = known ?? (await opened(own));
  if ('code' in access) {
    closePlaces(places);
    return access;
  }
  if (!(await areOneFile(log, access))) return { ...places, access: known === undefined ? access : 'kept' };
  // By two names.
  if (known === undefined) closeDestination(access);
  return { ...places, access: undefined };
}

/** One that is opened again at this moment, and so closed, is a file of its own. */
const areOneFile = (one: Destination, other: Destination): Promise<boolean> =>
  isSame(one.fd, other.fd).catch(() => false);

async function opened(destination: string): Promise<Destination | Failed> {
  const tried = await openDestinationApart(destination);
  return tried.code === 'failed' ? tried : tried.to;
}

/** Closes what was opened. */
export function closePlaces(places: Pick<NextPlaces, 'log'> & Partial<NextPlaces>): void {
  for (const place of [places.log, places.access]) if (typeof place === 'object') closeDestination(place);
}

/** The outlets of earlier places, until their lines are written. */
export class LeftOutlets {
  readonly #leaving = new Set<LogOutlet>();

  /** Whether there are too many for one more. */
  get areMany(): boolean {
    return this.#leaving.size >= LEAVING_MAX;
  }

  /** Resolves when the outlet is closed. */
  async leave(outlet: LogOutlet): Promise<void> {
    this.#leaving.add(outlet);
    await outlet.retire(LEAVE_MS);
    this.#leaving.delete(outlet);
  }

  /** Of the outlets whose lines are not written yet. */
  get all(): readonly LogOutlet[] {
    return [...this.#leaving];
  }
}
