// Whether a rule is for a client: by its network, its user, its tag and the listener that it came in by. The numbers of the
// rules and their order are left to chains.ts.
import { IpRanges } from '../address/ip-range.js';
import type { Client } from '../users/client.js';

/** For clients without an address, those of Unix sockets, in a list of networks. */
export const UNIX = 'unix';

/** A client must match each list that is not empty, by any entry of it. */
export interface ClientConditions {
  /** Canonical addresses and ranges, or UNIX. */
  readonly client: readonly string[];
  readonly user: readonly string[];
  readonly tag: readonly string[];
  /** Numbers of listeners. */
  readonly listener: readonly number[];
}

export interface ClientTables {
  /** The different conditions. */
  readonly conditions: readonly ClientConditions[];
  /** By rule: the place of its conditions plus one, or 0 for a rule that is for every client. */
  readonly conditionsOf: Uint32Array;
}

/** Tells which rules are for a client. It has the tables of rules of which at least one has such conditions. */
export class RuleClients {
  readonly #tests: readonly ClientTest[];
  readonly #conditionsOf: Uint32Array;
  /** Set while rules that are not for the client are noted. */
  #passedOver: Set<number> | undefined;

  constructor({ conditions, conditionsOf }: ClientTables) {
    this.#tests = conditions.map((one) => new ClientTest(one));
    this.#conditionsOf = conditionsOf;
  }

  /** Whether the rule is for the client; one of which nothing is known is no client of any condition. */
  admits(rule: number, client: Client | undefined): boolean {
    const place = this.#conditionsOf[rule];
    if (place === 0 || (client !== undefined && this.#tests[place - 1].admits(client))) return true;
    this.#passedOver?.add(rule);
    return false;
  }

  /** The rules that `work` finds not to be for its client. */
  passedOver(work: () => void): ReadonlySet<number> {
    const noted = new Set<number>();
    this.#passedOver = noted;
    work();
    this.#passedOver = undefined;
    return noted;
  }
}

class ClientTest {
  readonly #conditions: ClientConditions;
  readonly #ranges: IpRanges;
  readonly #unix: boolean;

  constructor(conditions: ClientConditions) {
    this.#conditions = conditions;
    this.#ranges = IpRanges.of(conditions.client.filter((text) => text !== UNIX));
    this.#unix = conditions.client.includes(UNIX);
  }

  admits({ ip, user, listener: number }: Client): boolean {
    const { client, user: names, tag, listener } = this.#conditions;
    if (client.length > 0 && !(ip === undefined ? this.#unix : this.#ranges.hasClient(ip))) return false;
    if (names.length > 0 && (user === undefined || !names.includes(user.name))) return false;
    if (tag.length > 0 && (user?.tag === undefined || !tag.includes(user.tag))) return false;
    return listener.length === 0 || listener.includes(number);
  }
}

/** `rules`: the conditions of each rule; undefined for a rule that is for every client. */
export function buildClientTables(rules: readonly (ClientConditions | undefined)[]): ClientTables {
  const conditions: ClientConditions[] = [];
  const places = new Map<string, number>();
  const conditionsOf = Uint32Array.from(rules, (one) => {
    if (one === undefined) return 0;
    const key = JSON.stringify(one);
    const place = places.get(key) ?? conditions.push(one);
    places.set(key, place);
    return place;
  });
  return { conditions, conditionsOf };
}
