// The files of the actors, by URL: each begins in a thread of its own.

export interface ActorEntries {
  readonly connection: URL;
  readonly names: URL;
  readonly routes: URL;
  readonly tls: URL;
  readonly admin: URL;
  readonly share: URL;
}

export const ACTOR_ENTRIES: ActorEntries = {
  connection: new URL('../../workers/connection/actor.js', import.meta.url),
  names: new URL('../../workers/dns/actor.js', import.meta.url),
  routes: new URL('../../workers/routes/actor.js', import.meta.url),
  tls: new URL('../../workers/tls/actor.js', import.meta.url),
  admin: new URL('../../workers/admin/actor.js', import.meta.url),
  share: new URL('../../workers/share/actor.js', import.meta.url),
};
