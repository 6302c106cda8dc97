// Says to the other gateways of the site every ten seconds that this one is there, and tells people which are. Nothing is decided by
// it.
import { randomBytes } from 'node:crypto';
import { gatewayKey, gatewaysKey, isShareName } from '../../../protocol/share/keys.js';
import {
  openPresence,
  PRESENCE_EACH_MS,
  PRESENCE_MAX,
  PRESENCE_MS,
  type Presence,
  sealPresence,
} from '../../../protocol/share/presence.js';
import { NONCE_OCTETS } from '../../../protocol/share/seal.js';
import type { GatewaySeen, PresenceSeen } from '../../../threads/contracts/admin/share.js';
import type { Command, Reply } from '../engine/engine.js';
import type { Room, ShareParts } from '../shared/room.js';
import type { Site } from '../shared/site.js';
import { Strangers } from './strangers.js';

const WITHIN_MS = 1000;
/** The list of names is kept as long after the last gateway has gone. */
const NAMES_MS = 86_400_000;
/** Gateways that are told, at most: more than a site has. */
const GATEWAYS_MAX = 2048;

export type PresenceParts = Pick<ShareParts, 'site' | 'now' | 'options' | 'tell'>;

export class PresenceRoom implements Room {
  readonly #parts: PresenceParts;
  readonly #strangers: Strangers;
  readonly #own: () => Omit<Presence, 'gateway'>;
  #site: Site | undefined;
  #told = Number.NEGATIVE_INFINITY;
  #turn = 0;
  /** A gateway that was named last, at random. */
  #named: string | undefined;

  /** `own`: what it says of this gateway. */
  constructor(parts: PresenceParts, own: () => Omit<Presence, 'gateway'>) {
    this.#parts = parts;
    this.#own = own;
    this.#strangers = new Strangers(parts.tell);
    this.configured();
  }

  configured(): void {
    const site = this.#parts.site();
    if (site === this.#site) return;
    if (this.#site !== undefined) this.#strangers.leave();
    this.#site = site;
    this.#named = undefined;
    site?.engine.onUp(() => this.#tell(site));
  }

  /** At each beat of the actor. */
  beat(): void {
    const site = this.#site;
    if (site !== undefined && this.#parts.now() - this.#told >= PRESENCE_EACH_MS) this.#tell(site);
  }

  #tell(site: Site): void {
    if (site !== this.#site || !site.engine.isUp) return;
    this.#told = this.#parts.now();
    const { secrets, gateway, engine } = site;
    const key = gatewayKey(secrets.site, gateway);
    const names = gatewaysKey(secrets.site);
    const sealed = sealPresence(secrets, key, { gateway, ...this.#own() }, randomBytes(NONCE_OCTETS));
    this.#strangers.writes(sealed);
    const other = this.#other(gateway);
    const commands: Command[] = [
      begun(key),
      ['SET', key, sealed, 'PX', String(PRESENCE_MS)],
      ['SADD', names, gateway],
      ['PEXPIRE', names, String(NAMES_MS)],
      ['SRANDMEMBER', names, '1'],
      ...(other === undefined ? [] : [begun(gatewayKey(secrets.site, other))]),
    ];
    // One that is not told is told the next time.
    void engine.ask(commands, WITHIN_MS).then((replies) => {
      if (replies !== undefined && site === this.#site) this.#heard(site, replies, other);
    });
  }

  /** One whose word is looked at: each has its turn some time. */
  #other(gateway: string): string | undefined {
    this.#turn += 1;
    const other = (this.#turn % 2 === 0 ? this.#strangers.next(this.#turn / 2) : undefined) ?? this.#named;
    return other === gateway ? undefined : other;
  }

  #heard({ secrets, gateway }: Site, replies: readonly Reply[], other: string | undefined): void {
    const [before, , , , named, word] = replies;
    if (Buffer.isBuffer(before)) this.#strangers.found(before, gateway);
    [this.#named] = Array.isArray(named) ? named.flatMap(nameOf) : [];
    if (other === undefined || !Buffer.isBuffer(word)) return;
    const isRead = openPresence(secrets, gatewayKey(secrets.site, other), other, word) !== undefined;
    this.#strangers.heard(other, word.length === 0 ? undefined : isRead);
  }

  /** Those that are there, and those that the configuration names. Asks nothing of the gateways themselves. */
  async gateways(): Promise<readonly GatewaySeen[] | undefined> {
    const site = this.#site;
    const names = site && (await this.#names(site));
    if (site === undefined || names === undefined) return undefined;
    if (names.length === 0) return [];
    const { secrets, engine } = site;
    const keys = names.map((name) => gatewayKey(secrets.site, name));
    const replies = await engine.ask([['MGET', ...keys], ...keys.map((key): Command => ['PTTL', key])], WITHIN_MS);
    const values = replies?.[0];
    if (!Array.isArray(values)) return undefined;
    const known = this.#known;
    const seen = names.map((name, place): GatewaySeen => {
      const [value, left_ms] = [values[place], replies?.[place + 1]];
      const presence = Buffer.isBuffer(value) ? openPresence(secrets, keys[place], name, value) : undefined;
      return { name, is_known: known.has(name), present: presence && presentOf(presence, Number(left_ms)) };
    });
    // A name of which there is no word may be anybody's invention, where the configuration does not have it.
    return seen.filter(({ present, is_known }) => present !== undefined || is_known);
  }

  /** Of gateways that have said that they are there, and of the configured ones, in order. */
  async #names({ engine, secrets }: Site): Promise<readonly string[] | undefined> {
    const replies = await engine.ask([['SRANDMEMBER', gatewaysKey(secrets.site), String(GATEWAYS_MAX)]], WITHIN_MS);
    if (replies === undefined) return undefined;
    // Something else may be under the key.
    const members: readonly Reply[] = Array.isArray(replies[0]) ? replies[0] : [];
    return [...new Set([...members.flatMap(nameOf), ...this.#known])].sort();
  }

  get #known(): ReadonlySet<string> {
    return new Set(this.#parts.options().share.gateways.map(({ name }) => name));
  }

  /** Others need not wait until its word ends. */
  async leaves({ engine, secrets, gateway }: Site): Promise<void> {
    if (engine.isUp) await engine.ask([['DEL', gatewayKey(secrets.site, gateway)]], WITHIN_MS);
  }
}

/** Empty where there is none. */
const begun = (key: string): Command => ['GETRANGE', key, '0', String(PRESENCE_MAX - 1)];

/** None for what no gateway can be called. */
function nameOf(member: Reply): readonly string[] {
  const name = String(member);
  return isShareName(name) ? [name] : [];
}

function presentOf({ gateway: _gateway, ...said }: Presence, left_ms: number): PresenceSeen {
  return { ...said, age_ms: Math.min(Math.max(PRESENCE_MS - left_ms, 0), PRESENCE_MS) };
}
