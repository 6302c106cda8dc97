// For `check --dial`: tries the engine over which the site shares, and the place that the gateway would start from. It leaves
// nothing there, and takes over nothing.
import type { Options } from '../../protocol/options.js';
import { startPlaceOf, startPlaceShown } from '../../protocol/routes/start-place.js';
import { newsKey } from '../../protocol/share/keys.js';
import type { ShareOptions } from '../../protocol/share-options.js';
import { shownMs } from '../../protocol/text/spans.js';
import { fetchPieces } from '../../workers/routes/fetched.js';
import type { Tried } from './tried.js';

/** For what is asked of the engine when it is found, and for the place to start from. */
const WITHIN_MS = 5000;

/** None where nothing is shared. */
export async function tryEngine(share: ShareOptions): Promise<Tried[]> {
  const places = share.url;
  if (places === null) return [];
  // The library of the engine is loaded only here.
  const { find } = await import('../../workers/share/engine/find.js');
  const { failure, failureOfReply, isError } = await import('../../workers/share/engine/faults.js');
  const begun = performance.now();
  const found = await find(share, places, undefined, new AbortController().signal);
  const who = `site ${share.site}, gateway ${share.gateway}`;
  if (!('link' in found)) return [{ what: found.place, works: false, outcome: `${found.detail} (${who})` }];
  const { link, server } = found;
  const deadline = setTimeout(() => link.close(failure('hanging')), WITHIN_MS);
  const replies = await link.send(trials(share.site));
  clearTimeout(deadline);
  const took_ms = performance.now() - begun;
  const refused = replies?.find(isError);
  const wrong = refused === undefined ? link.ended : failureOfReply(refused.error);
  link.close();
  const outcome = wrong === undefined ? `${server}, ${shownMs(took_ms)} ms` : wrong.detail;
  return [{ what: link.place, works: wrong === undefined, outcome: `${outcome} (${who})` }];
}

/** Whether the user may read and write there, and whether there is room. What is written ends in a millisecond. */
const trials = (site: string) => [
  ['TIME'],
  ['PTTL', newsKey(site)],
  ['XRANGE', newsKey(site), '-', '+', 'COUNT', '1'],
  ['SET', `tr1:{${site}}:check`, '', 'PX', '1'],
  ['XADD', `tr1:{${site}}:check:news`, 'NOMKSTREAM', '*', 'n', ''],
];

/** None where there is no such place, and for a file, of which the other warnings tell. */
export async function tryStart({ start_from, start_from_token_file }: Options['cache']): Promise<Tried[]> {
  const place = startPlaceOf(start_from ?? '');
  if (place === undefined || place.kind === 'file') return [];
  const begun = performance.now();
  let isRight = true;
  const fetched = await fetchPieces(place, {
    token: start_from_token_file?.token,
    signal: AbortSignal.timeout(WITHIN_MS),
    begins: () => (piece) => {
      // Lines of JSON. The first piece is enough.
      isRight = piece[0] === '{'.charCodeAt(0) || piece[0] === '['.charCodeAt(0);
      return false;
    },
  });
  const what = startPlaceShown(place);
  if (fetched.code === 'failed') return [{ what, works: false, outcome: fetched.why }];
  if (!isRight) return [{ what, works: false, outcome: 'answers with something else than a snapshot' }];
  const took_ms = shownMs(performance.now() - begun);
  return [{ what, works: true, outcome: fetched.code === 'busy' ? 'is busy now' : `answers, ${took_ms} ms` }];
}
