// What connections carry and how many come, as the gateway tells it each second while somebody hears it.
import { type AdminClient, jsonOf } from './client.js';
import { Part } from './part.js';
import { EVENTS_PATH } from './paths.js';

/** A gateway that is upgraded or started again is heard again. */
const AGAIN_MS = 2000;

/** `heard`: the event; undefined while there is none. Until the returned function is called. */
export function hearTraffic(client: AdminClient, heard: (traffic: Part | undefined) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stop = (): void => {};
  const begin = (): void => {
    stop = client.hear(
      EVENTS_PATH,
      { kinds: 'traffic' },
      ({ kind, data }) => kind === 'traffic' && heard(new Part(jsonOf(data))),
      () => {
        heard(undefined);
        timer = setTimeout(begin, AGAIN_MS);
      },
    );
  };
  begin();
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/** The first event comes after a second. */
const FIRST_MS = 3000;

/** The next event as JSON; undefined where none comes. */
export function nextTraffic(client: AdminClient): Promise<unknown> {
  return new Promise((resolve) => {
    const end = (traffic: unknown): void => {
      clearTimeout(timer);
      stop();
      resolve(traffic);
    };
    const timer = setTimeout(() => end(undefined), FIRST_MS);
    const stop = client.hear(
      EVENTS_PATH,
      { kinds: 'traffic' },
      ({ kind, data }) => kind === 'traffic' && end(jsonOf(data)),
      () => end(undefined),
    );
  });
}
