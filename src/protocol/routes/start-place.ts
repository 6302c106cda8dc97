// Where a gateway that starts finds what another one remembers (`cache.start_from`): the admin API of that gateway, what a web server
// has, or a file. Pure.

export type StartPlace =
  /** `url`: of http or https, with a path. */
  | { readonly kind: 'http'; readonly url: string }
  /** The Unix socket of an admin API. */
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string };

/** All routes in the form of the state file, in the admin API. */
export const SNAPSHOT_PATH = '/api/v1/routes/snapshot';

export const START_PLACE_ALLOWED =
  'a URL of http or https without a name and password, such as http://10.0.0.2:9090 for the admin API of a gateway; unix:PATH for one at a Unix socket; the path of a file';

const UNIX = 'unix:';
const URL_LENGTH_MAX = 2048;

/** Undefined for what is no place. A URL without a path is that of an admin API. */
export function startPlaceOf(text: string): StartPlace | undefined {
  if (text === '' || text.includes('\0')) return undefined;
  if (text.startsWith(UNIX)) return text === UNIX ? undefined : { kind: 'unix', path: text.slice(UNIX.length) };
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) return { kind: 'file', path: text };
  const url =
    /^https?:\/\//i.test(text) && text.length <= URL_LENGTH_MAX && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '') return undefined;
  url.hash = '';
  if (url.pathname === '/' && url.search === '') url.pathname = SNAPSHOT_PATH;
  return { kind: 'http', url: url.href };
}

/** As `startPlaceOf` reads it. */
export function startPlaceText(place: StartPlace): string {
  if (place.kind === 'http') return place.url;
  return place.kind === 'unix' ? `${UNIX}${place.path}` : place.path;
}

/** For a log: a query may be a secret. */
export function startPlaceShown(place: StartPlace): string {
  if (place.kind !== 'http') return startPlaceText(place);
  const { origin, pathname } = new URL(place.url);
  return `${origin}${pathname === SNAPSHOT_PATH ? '' : pathname}`;
}
