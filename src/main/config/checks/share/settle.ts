// Checks what must fit together in `share`, and gives the gateway its name.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { hostname } from 'node:os';
import type { EnginePlace, ShareOptions } from '../../../../protocol/share-options.js';
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import type { Place } from '../../diagnostics/place.js';
import { warnOfDoubts, warnOfVain } from './doubts.js';
import { siteNameOf } from './names.js';
import type { ShareSettings } from './share.js';

/** `placeAt`: where a key is given. `isWrong`: whether its value was wrong, so that what depends on it cannot be judged. */
export function settleShare(
  settings: ShareSettings,
  placeAt: (key: string) => Place,
  isWrong: (key: string) => boolean,
  diagnostics: Diagnostics,
): ShareOptions {
  const share = { ...settings, gateway: settings.gateway ?? siteNameOf(hostname()) };
  const say = (key: keyof ShareOptions, text: string): void => diagnostics.error(placeAt(`share.${key}`), text);
  const isUnset = (key: keyof ShareOptions): boolean => share[key] === null && !isWrong(`share.${key}`);
  checkPair(share, isUnset, say);
  // A wrong entry is left out of `gateways`, and a wrong name is not the one that is meant.
  if (!isWrong('share.gateways') && !isWrong('share.gateway')) checkSignature(share, say);
  const warn: Say = (key, text) => diagnostics.warn(placeAt(`share.${key}`), text);
  if (share.url === null) {
    if (!isWrong('share.url')) warnOfVain(share, warn);
    return share;
  }
  if (isUnset('secret_file')) say('url', 'what is shared must be sealed; needed: share.secret_file');
  checkPlaces(share, share.url, isUnset, say);
  warnOfDoubts(share, share.url, isWrong, warn);
  return share;
}

export type Say = (key: keyof ShareOptions, text: string) => void;
type IsUnset = (key: keyof ShareOptions) => boolean;

function checkPair(share: ShareOptions, isUnset: IsUnset, say: Say): void {
  if (share.cert_file !== null && isUnset('key_file')) say('cert_file', 'has no key; needed: share.key_file');
  if (share.key_file !== null && isUnset('cert_file')) say('key_file', 'has no certificate; needed: share.cert_file');
}

/** The key by which this gateway signs must be the one by which the others know it. */
function checkSignature({ sign_key_file, gateways, gateway }: ShareOptions, say: Say): void {
  if (sign_key_file === null) return;
  const own = publicKeyOf(sign_key_file.secret);
  const known = gateways.find(({ name }) => name === gateway);
  if (known === undefined)
    say('gateways', `does not have this gateway, "${gateway}", which signs news; its key is "${own}"`);
  else if (known.key !== own)
    say('gateways', `has another key for this gateway, "${gateway}", than that of share.sign_key_file: "${own}"`);
}

/** The 32 bytes behind the prefix of the DER form (RFC 8410 section 4), in base64. */
function publicKeyOf(pem: string): string {
  const der = createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'der' });
  return der.subarray(-32).toString('base64');
}

function checkPlaces(share: ShareOptions, places: readonly EnginePlace[], isUnset: IsUnset, say: Say): void {
  const { kind } = share;
  const isTls = (place: EnginePlace): boolean => place.kind === 'internet' && place.tls;
  if (kind === 'single' && places.length > 1)
    say('url', 'has several URLs; allowed: one, or several with share.kind "cluster" or "sentinel"');
  if (kind !== 'single' && places.some((place) => place.kind === 'unix'))
    say('url', `has a Unix socket; allowed for share.kind "${kind}": redis:// and rediss://`);
  if (kind === 'cluster' && places.some(({ database }) => database !== 0))
    say('url', 'has a database; a cluster has only the first one, 0');
  if (kind === 'sentinel' && isUnset('sentinel_name'))
    say('kind', 'needs the name of the master; needed: share.sentinel_name');
  if (places.some((place) => isTls(place) !== isTls(places[0])))
    say('url', 'has places with TLS and without; allowed: one of the two');
  // With sentinels, the one is theirs and the other one the engine's.
  if (kind !== 'sentinel' && share.password_file !== null && places.some(({ password }) => password !== undefined))
    say('password_file', 'stands beside a password in share.url; allowed: one of the two');
  if (kind !== 'sentinel' && share.username !== null && places.some(({ username }) => username !== undefined))
    say('username', 'stands beside a name in share.url; allowed: one of the two');
  for (const key of ['ca_file', 'cert_file', 'tls_name'] as const)
    if (share[key] !== null && !places.some(isTls)) say(key, 'is for TLS; needed: rediss:// in share.url');
}
