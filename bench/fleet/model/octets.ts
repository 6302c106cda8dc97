// How many octets commands and replies have on the wire (RESP 2), with the keys and values that gateways use, and how many an entry takes
// in the engine.
import { gatewayKey, idOf, newsKey, routeKeys } from '../../../src/protocol/share/keys.js';
import { lineId } from '../../../src/protocol/share/line-ids.js';
import { encodeNews } from '../../../src/protocol/share/news.js';
import { sealRoute } from '../../../src/protocol/share/route-value.js';
import { NONCE_OCTETS, SEAL_OCTETS } from '../../../src/protocol/share/seal.js';
import { siteSecrets } from '../../../src/protocol/share/secrets.js';
import { SIGNATURE_OCTETS } from '../../../src/protocol/share/signature.js';

/** Of an entry with a time to live beside its key and value, as Redis 7.0 takes it (30 000 of them, measured). */
const ENTRY_OCTETS = 125;
const ID = '1700000000000-0';
const SITE = 'main';
const NAME = 'gateway-100';
const SECRETS = siteSecrets(new Uint8Array(32), SITE);
const LINE = lineId(SECRETS, 'a line');
const NONCE = new Uint8Array(NONCE_OCTETS);

const bulk = (octets: number): number => `$${octets}\r\n`.length + octets + 2;
const array = (length: number): number => `*${length}\r\n`.length;

/** A command; each part as text, or by its octets. */
function command(...parts: readonly (string | number)[]): number {
  return parts.reduce<number>(
    (sum, part) => sum + bulk(typeof part === 'string' ? part.length : part),
    array(parts.length),
  );
}

const KEYS = routeKeys(SITE, idOf(SECRETS, 'www.example.com:443'));
const ROUTE = { gateway: NAME, line: LINE, ip: new Uint8Array(4), connect_ms: 30, first_byte_ms: 30, mute: [] };

/** A value of a route with an IPv4 address, by the number of its mute lines. */
const VALUES = [0, 1].map((mute) => {
  return sealRoute(SECRETS, KEYS[0], { ...ROUTE, mute: Array(mute).fill(LINE) }, 600, NONCE).length;
});
export const valueOctets = (hasMute: boolean): number => VALUES[hasMute ? 1 : 0] ?? 0;

/** Commands are there in their pipeline once for each question, or once for all of one. */
export const PULL_HEAD = command('MGET') - array(1) + array(10);
export const PULL_EACH = KEYS.reduce((sum, key) => sum + bulk(key.length) + command('PTTL', key), 0);
const NIL = '$-1\r\n'.length;
const NO_TIME = ':-2\r\n'.length;
const TIME = ':599999\r\n'.length;
/** What comes back for a destination of which so many slots have a value, all octets of them together. */
export const pullReply = (slots: number, values: number): number =>
  slots * (bulk(0) + TIME) + values + (KEYS.length - slots) * (NIL + NO_TIME);

export const writeOctets = (value: number): number => command('SET', KEYS[0], value, 'PX', '600000');
export const OK_OCTETS = '+OK\r\n'.length;

/** A look for news where there are none, and each entry that is there. */
export const LOOK_OCTETS = command('XRANGE', newsKey(SITE), `(${ID}`, '+', 'COUNT', '128') + command('TIME');
export const LOOK_REPLY = array(0) + array(2) + bulk(10) + bulk(6);
const ENTRY = encodeNews({ gateway: NAME, sequence: 1, news: [{ kind: 'line-down', line: LINE }] });
const SEALED = ENTRY.length + SIGNATURE_OCTETS + SEAL_OCTETS;
export const NEWS_REPLY = array(2) + bulk(ID.length) + array(2) + bulk(1) + bulk(SEALED);
export const TELL_REPLY = bulk(ID.length);

const PRESENCE = 350;
export const PRESENCE_OCTETS = command('SET', gatewayKey(SITE, NAME), PRESENCE, 'PX', '30000');

/** In the memory of the engine. */
export const entryOctets = (value: number): number => ENTRY_OCTETS + KEYS[0].length + value;
