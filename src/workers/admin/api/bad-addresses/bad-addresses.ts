// Addresses that are not used, with the evidence against each; what an operator says of them, and takes back.
import { Type } from 'typebox';
import { formatIp, parseIp } from '../../../../protocol/address/address.js';
import { normaliseName } from '../../../../protocol/address/host-name.js';
import { type BadAddress, EVIDENCE_KINDS, type Evidence } from '../../../../protocol/trust/evidence.js';
import type { NamesAdmin } from '../../../../threads/contracts/admin/names.js';
import type { Remote } from '../../../../threads/port.js';
import { type Answered, answered, type Endpoint, endpoint, type Refusal, refused } from '../../endpoint/endpoint.js';
import { After, Count, fields, limit, Next, oneOf, orNull, Time } from '../../endpoint/schemas.js';
import { told } from '../../endpoint/told.js';

const ACTOR = 'the DNS actor';
/** A year: what is to hold for longer has no end. */
const LASTS_MAX_S = 31_536_000;

const Address = Type.String({ minLength: 2, maxLength: 64, description: 'An IPv4 or IPv6 address' });

const Evidences = fields({
  how: oneOf(EVIDENCE_KINDS, 'How it was found; `static`: it is in IpBlacklist'),
  by: Type.String({
    description: 'The server that gave the address; `config`, `connections`, `operator`, or another gateway',
  }),
  name: orNull(Type.String({ description: 'For which it holds; null: for all names' })),
  since: orNull(Time),
  renewed: orNull(Time),
  expires: Type.Union([Time, Type.Null()], { description: 'Null: it holds until it is undone' }),
});

export const Bad = fields({
  address: Type.String({ description: 'An address, or a range of IpBlacklist' }),
  everywhere: Type.Boolean({ description: 'It is used for no name, nor when a client asks for the address itself' }),
  names: Type.Array(Type.String(), { description: 'Names for which it is not used' }),
  servers: Type.Array(Type.String(), { description: 'Servers that are not believed when they give it' }),
  last: Type.Array(Type.String(), { description: 'Names for which it is tried last' }),
  told: Type.Array(Type.String(), {
    description: 'Names for which other gateways speak against it: only a first contact lets others go before it',
  }),
  evidence: Type.Array(Evidences),
});

export const BAD_ADDRESSES: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/v1/bad-addresses',
    summary: 'Bad addresses with the evidence against each, by their texts',
    query: fields({ after: After, limit: limit(100, 500), how: Type.Optional(oneOf(EVIDENCE_KINDS)) }),
    answer: fields({ total: Count, addresses: Type.Array(Bad), next: Next }),
    async handle({ query: { after, limit = 100, how } }, { names }) {
      const said = await told(ACTOR, names()?.badAddresses({ after, limit, how }));
      if (said.code !== 'told') return said;
      const { addresses, next, total } = said.value;
      return answered({ total, addresses: addresses.map(shown), next: next ?? null });
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/v1/bad-addresses/{address}',
    summary: 'What speaks against one address',
    params: fields({ address: Address }),
    answer: Bad,
    async handle({ params: { address } }, { names }) {
      const canonical = canonicalOf(address);
      return canonical === undefined ? noAddress(address) : badAddress(canonical, names());
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/v1/bad-addresses',
    summary: 'Says that an address is bad, for one name or for all; kept in dns.state_file',
    body: fields({
      address: Address,
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 512, description: 'Absent: for all names' })),
      lasts_s: Type.Optional(
        Type.Integer({ minimum: 1, maximum: LASTS_MAX_S, description: 'Absent: until it is undone' }),
      ),
    }),
    answer: Bad,
    async handle({ body: { address, name: asked, lasts_s } }, { names }) {
      const canonical = canonicalOf(address);
      if (canonical === undefined) return noAddress(address);
      const name = asked === undefined ? undefined : normaliseName(asked);
      if (asked !== undefined && name === undefined) return refused(400, `${JSON.stringify(asked)} is not a host name`);
      const actor = names();
      const said = await told(ACTOR, actor?.sayBad(canonical, name, lasts_s && lasts_s * 1000));
      if (said.code !== 'told') return said;
      if (said.value === 'trusted') return refused(409, `${canonical} is in dns.trusted: it never becomes bad`);
      if (said.value === 'full')
        return refused(409, 'an operator has spoken of as many addresses or names as are kept');
      return badAddress(canonical, actor);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/v1/bad-addresses/{address}',
    summary: 'Drops all evidence against an address; what IpBlacklist says stays',
    params: fields({ address: Address }),
    answer: fields({ address: Type.String(), undone: Type.Boolean() }),
    async handle({ params: { address } }, { names }) {
      const canonical = canonicalOf(address);
      if (canonical === undefined) return noAddress(address);
      const actor = names();
      const said = await told(ACTOR, actor?.undoBadAddress(canonical));
      if (said.code !== 'told') return said;
      if (said.value) return answered({ address: canonical, undone: true });
      const left = await told(ACTOR, actor?.badAddress(canonical));
      if (left.code !== 'told') return left;
      return left.value === undefined
        ? nothing(canonical)
        : refused(409, `${canonical} is in IpBlacklist: only the configuration can take it back`);
    },
  }),
];

async function badAddress(
  address: string,
  names: Remote<NamesAdmin> | undefined,
): Promise<Answered<ReturnType<typeof shown>>> {
  const said = await told(ACTOR, names?.badAddress(address));
  if (said.code !== 'told') return said;
  return said.value === undefined ? nothing(address) : answered(shown(said.value));
}

function shown({ address, evidence, verdict: { everywhere, names, servers, last, told = [] } }: BadAddress) {
  return { address, everywhere, names, servers, last, told, evidence: evidence.map(dated) };
}

function dated({ how, by, name, since, renewed, expires }: Evidence) {
  // The configuration has no times.
  const time = (ms: number): string | null => (how === 'static' ? null : new Date(ms).toISOString());
  const end = Number.isFinite(expires) ? time(expires) : null;
  return { how, by, name: name ?? null, since: time(since), renewed: time(renewed), expires: end };
}

function canonicalOf(text: string): string | undefined {
  const ip = parseIp(text);
  return ip === undefined ? undefined : formatIp(ip);
}

const noAddress = (text: string): Refusal => refused(400, `${JSON.stringify(text)} is not an IP address`);
const nothing = (address: string): Refusal => refused(404, `nothing speaks against ${address}`);
