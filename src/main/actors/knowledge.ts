// What the actors have learned, on its way out of the process: into their state files, to an actor that takes the place of one,
// or into files in memory for another process; and what another process has left.
import { writeFileSync } from 'node:fs';
import { readBounded } from '../../files/bounded-file.js';
import { memoryFile, pathOfFd } from '../../linux/memory-file.js';
import { isError } from '../../linux/result.js';
import { closeFd } from '../../linux/sockets.js';
import { SNAPSHOT_OCTETS_MAX } from '../../protocol/trust/snapshot.js';
import type { NamesControl } from '../../threads/contracts/dns.js';
import type { RoutesControl } from '../../threads/contracts/routes.js';
import type { Remote } from '../../threads/port.js';
import { within } from '../../threads/within.js';
import type { Estate } from '../upgrade/estate.js';

/** How long the DNS actor may take to tell what it knows; another one would find it out again. */
const EVIDENCE_MS = 2000;
/** The same of the route actor, with up to a million routes. */
const ROUTES_MS = 10_000;

/** The contracts of those that run. */
export interface Knowing {
  /** Has the connection actors report what they have learned. */
  readonly connections: { report(): Promise<void> };
  readonly names: { readonly control: Remote<NamesControl> | undefined };
  readonly routes: { readonly control: Remote<RoutesControl> | undefined };
}

/** What another process has left to this one. `evidence`: the text; `routes`: a file in memory. */
export interface LeftKnowledge extends Pick<Estate, 'locks' | 'routes' | 'usage' | 'steering'> {
  readonly evidence: string | undefined;
}

/** Takes the evidence out of its file, and closes that. */
export function leftKnowledge({ locks, routes, usage, steering, evidence: file }: Estate): LeftKnowledge {
  const read = file === undefined ? undefined : readBounded(pathOfFd(file), { octets_max: SNAPSHOT_OCTETS_MAX });
  if (file !== undefined) closeFd(file);
  return { locks, routes, usage, steering, evidence: read?.kind === 'read' ? read.bytes.toString('utf8') : undefined };
}

/** Has the state files written now, with the latest reports of the connection actors. */
export async function saveKnowledge(actors: Knowing): Promise<void> {
  await actors.connections.report();
  for (const { control } of [actors.names, actors.routes]) control?.save().catch(() => {});
}

/** In the form of the DNS actor's state file; undefined where nothing is told in time. */
export async function evidenceOf({ control }: Knowing['names']): Promise<string | undefined> {
  const told = control && (await within(EVIDENCE_MS, control.evidence()));
  return told?.code === 'answered' ? told.value : undefined;
}

/** Files in memory, which are the caller's; undefined for what cannot be told in time. */
export async function knowledgeFiles(actors: Knowing): Promise<Pick<Estate, 'routes' | 'evidence'>> {
  await actors.connections.report();
  const { control } = actors.routes;
  const [routes, evidence] = await Promise.all([
    inMemory('tcproute-routes', async (path) => {
      const written = control && (await within(ROUTES_MS, control.snapshot(path)));
      return written?.code === 'answered';
    }),
    inMemory('tcproute-evidence', async (path) => {
      const told = await evidenceOf(actors.names);
      if (told !== undefined) writeFileSync(path, told);
      return told !== undefined;
    }),
  ]);
  return { routes, evidence };
}

/** `write`: returns whether the file at the path has all. */
async function inMemory(name: string, write: (path: string) => Promise<boolean>): Promise<number | undefined> {
  const fd = memoryFile(name);
  if (isError(fd)) return undefined;
  const isWhole = await write(pathOfFd(fd)).catch(() => false);
  if (isWhole) return fd;
  closeFd(fd);
  return undefined;
}
