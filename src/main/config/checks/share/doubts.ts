// Warns of what in `share` is allowed and does not do what it seems to.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { EnginePlace, ShareOptions } from '../../../../protocol/share-options.js';

type Warn = (key: keyof ShareOptions, text: string) => void;

/** Without `url`: keys that do nothing. */
export function warnOfVain(share: ShareOptions, warn: Warn): void {
  const key = (['secret_file', 'sign_key_file', 'password_file', 'sentinel_name'] as const).find(
    (one) => share[one] !== null,
  );
  const name = key ?? (share.limits ? 'limits' : undefined);
  if (name !== undefined) warn(name, 'nothing is shared without share.url');
}

/** With `url`. `isWrong`: of a key, whose value cannot be judged then. */
export function warnOfDoubts(
  share: ShareOptions,
  places: readonly EnginePlace[],
  isWrong: (key: string) => boolean,
  warn: Warn,
): void {
  const { kind, routes, news, limits } = share;
  if (!routes && !news && !limits)
    warn('url', 'nothing is shared: share.routes, share.news and share.limits are all false');
  if (kind !== 'sentinel' && share.sentinel_name !== null)
    warn('sentinel_name', 'does nothing: it is for share.kind "sentinel"');
  if (!limits && share.on_loss !== 'local-share') warn('on_loss', 'does nothing without share.limits');
  const isAlone = share.gateways.length < 2 && !isWrong('share.gateways');
  if (limits && share.on_loss !== 'deny' && isAlone)
    warn(
      'limits',
      'share.gateways names no other gateway: until the engine has answered, each one gives all of a limit',
    );
  const hasPassword = share.password_file !== null || places.some(({ password }) => password !== undefined);
  if (share.username !== null && !hasPassword && !isWrong('share.password_file'))
    warn('username', 'has no password; share.password_file gives one');
  if (news && !['gateways', 'gateway', 'sign_key_file'].some((key) => isWrong(`share.${key}`))) warnOfNews(share, warn);
  if (hasPassword && places.some(isInClear))
    warn('url', 'sends a password in clear to a public address or a name; rediss:// uses TLS');
  if (share.cert_file !== null && share.key_file !== null && !isKeyOf(share.cert_file.pem, share.key_file.secret))
    warn('key_file', 'is no private key of the certificate in share.cert_file, so no connection with TLS can be made');
}

/** Who has copied only the URL and the secret will not see it otherwise. */
function warnOfNews({ sign_key_file, gateways, gateway }: ShareOptions, warn: Warn): void {
  const hasOthers = gateways.some(({ name }) => name !== gateway);
  if (sign_key_file === null && !hasOthers)
    warn('news', 'does nothing: news are told with share.sign_key_file, and those of share.gateways are believed');
  else if (!hasOthers) warn('gateways', 'has no other gateway, so that no news of others are believed');
}

/** Addresses that only private networks have (RFC 1918, RFC 4193), the own machine, and names without a dot, as in containers. */
const AT_HOME = /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|::1$|f[cd][\da-f]{2}:)/i;

function isInClear(place: EnginePlace): boolean {
  if (place.kind === 'unix' || place.tls) return false;
  return isIP(place.host) === 0 ? place.host.includes('.') : !AT_HOME.test(place.host);
}

function isKeyOf(certificate: string, key: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
