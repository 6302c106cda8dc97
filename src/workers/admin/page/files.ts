// The files of the dashboard, read and compressed once, when the admin actor starts: an answer is a piece of memory. scripts/bundle.mjs
// makes them.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { constants, gzipSync } from 'node:zlib';
import { reasonOf } from '../../../threads/within.js';

export interface PageFile {
  readonly type: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer>;
  /** Of either form, since it is told apart by Vary. */
  readonly etag: string;
}

/** By the path at which they are served. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const SERVED: readonly (readonly [path: string, name: string, type: string])[] = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/dashboard/dashboard.js', 'dashboard.js', 'text/javascript; charset=utf-8'],
  ['/dashboard/dashboard.css', 'dashboard.css', 'text/css; charset=utf-8'],
  ['/dashboard/icon.svg', 'icon.svg', 'image/svg+xml'],
  ['/favicon.ico', 'icon.svg', 'image/svg+xml'],
];

/** Octets of a tag: enough that two builds never have the same one. */
const TAG_OCTETS = 12;

/** `folder`: ends in a slash. Where a file cannot be read, `warn` hears of it, and there is no page: all else goes on. */
export function readPage(folder: URL, warn: (why: string) => void): PageFiles {
  try {
    return new Map(SERVED.map(([path, name, type]) => [path, fileOf(new URL(name, folder), type)]));
  } catch (error) {
    warn(`the dashboard is not served: ${reasonOf(error)}`);
    return new Map();
  }
}

function fileOf(place: URL, type: string): PageFile {
  const plain = new Uint8Array(readFileSync(place));
  const gzip = new Uint8Array(gzipSync(plain, { level: constants.Z_BEST_COMPRESSION }));
  const hash = createHash('sha256').update(plain).digest('base64url').slice(0, TAG_OCTETS);
  return { type, plain, gzip, etag: `"${hash}"` };
}
