// Answers the admin actor's calls to the DNS actor. It decides nothing: each call goes to the part of the actor that it is for.
import type { NamesAdmin } from '../../threads/contracts/admin/names.js';
import type { Names } from './names.js';

/** Names that are asked for by hand at a time: each is a question to every server, and may take some seconds. */
const ASKS_MAX = 4;

export function namesAdmin(names: Names): NamesAdmin {
  const { trust } = names;
  let asks = 0;
  return {
    statistics: async () => names.statistics(),
    known: async (name) => names.known(name),
    flush: async (name) => names.flush(name),
    async ask(name) {
      if (asks >= ASKS_MAX) return { code: 'busy' };
      asks += 1;
      const explanation = await names.explain(name);
      asks -= 1;
      return { code: 'asked', explanation };
    },
    badAddresses: async (asked) => trust.page(asked),
    badAddress: async (address) => trust.find(address),
    sayBad: async (address, name, lasts_ms = Number.POSITIVE_INFINITY) => trust.say(address, name, lasts_ms),
    undoBadAddress: async (address) => trust.undo(address),
  };
}
