// The client side of SOCKS5 with one proxy (RFC 1928, RFC 1929): greeting, method, perhaps a password, request, reply. The
// request is CONNECT, or UDP ASSOCIATE, by which the proxy relays datagrams. Going through several proxies is chain.ts.
import { parseIp } from '../address/address.js';
import type { Hop } from '../lines/line.js';
import { type Failure, type FailureCode, failureOf } from '../race/failure.js';
import { AddressType, Command, Method, PASSWORD_VERSION, ReplyCode, VERSION } from '../socks-codes.js';
import type { Bound, HopKind, HopStep, HopTarget, Opening } from './outbound.js';

const CREDENTIAL_MAX = 255;

/** The message that is awaited. 0 is the answer to the greeting. */
const Phase = { method: 0, password: 1, reply: 2 } as const;

const GREETING: Opening = { kind: 'send', bytes: Uint8Array.of(VERSION, 1, Method.none) };
const GREETING_WITH_PASSWORD: Opening = {
  kind: 'send',
  bytes: Uint8Array.of(VERSION, 2, Method.none, Method.password),
};
const INCOMPLETE: HopStep = { kind: 'incomplete' };
const BROKEN = ofHop('proxy-protocol');
const UNAUTHENTICATED = ofHop('proxy-authentication');
/** Bytes of the choice of method, and of the answer to a password. */
const ANSWER_SIZE = 2;

/** A command, and what a proxy's refusal of it means. */
interface Asking {
  readonly command: number;
  refusal(reply: number): HopStep;
}

/** By REP byte (RFC 1928 section 6): what the proxy says about its target. */
const CAUSES: readonly (FailureCode | undefined)[] = [
  undefined,
  'unexplained',
  'proxy-forbids',
  'network-unreachable',
  'host-unreachable',
  'refused',
  // TTL expired: many proxies report a timed-out connect so.
  'timed-out',
  // Command not supported: a proxy without CONNECT is of no use.
  'proxy-protocol',
  'proxy-address-type',
];

/** Asks the hop to connect to its target. */
export const socks5 = speaking({
  command: Command.connect,
  /** Codes that RFC 1928 does not define explain nothing; Tor uses some for failures of .onion names. */
  refusal(reply) {
    const code = CAUSES[reply] ?? 'unexplained';
    const failure: Failure = failureOf(code, `REP ${reply}`);
    return { kind: 'failed', failure, of: code === 'proxy-protocol' ? 'hop' : 'target' };
  },
});

/**
 * Asks the hop to relay datagrams (RFC 1928 section 7). The target is where they will come from, zeros where that is not known;
 * `bound` of success is where the hop takes them. Only 7 says that it relays none at all: it may refuse for now, or this client.
 */
export const socks5Associate = speaking({
  command: Command.udpAssociate,
  refusal(reply) {
    const code = reply === ReplyCode.commandNotSupported ? 'line-no-udp' : 'proxy-forbids';
    return { kind: 'failed', failure: failureOf(code, `REP ${reply}`), of: 'hop' };
  },
});

function speaking(asking: Asking): HopKind {
  return {
    begin(hop, _target, depth) {
      if (depth > 0) return deepGreeting(hop.username !== undefined, depth);
      return hop.username === undefined ? GREETING : GREETING_WITH_PASSWORD;
    },

    hasAsked(phase) {
      return phase === Phase.reply;
    },

    read(phase, received, hop, target) {
      switch (phase) {
        case Phase.method:
          return readMethod(received, hop, target, asking);
        case Phase.password:
          return readVerdict(received, target, asking);
        default:
          return readReply(received, asking);
      }
    },
  };
}

/** A gateway reads the depth in the last method; any other proxy does not know that method, and chooses another. */
function deepGreeting(hasPassword: boolean, depth: number): Opening {
  const methods = [Method.none, ...(hasPassword ? [Method.password] : []), Method.depth + depth];
  return { kind: 'send', bytes: Uint8Array.of(VERSION, methods.length, ...methods) };
}

function readMethod(received: Uint8Array, { username, password }: Hop, target: HopTarget, asking: Asking): HopStep {
  if (received.length < ANSWER_SIZE) return INCOMPLETE;
  const [version, method] = received;
  if (version !== VERSION) return BROKEN;
  if (method === Method.none) return request(target, asking);
  if (method !== Method.password || username === undefined) return UNAUTHENTICATED;
  return { kind: 'send', bytes: encodePassword(username, password ?? ''), size: ANSWER_SIZE, phase: Phase.password };
}

/** RFC 1929 section 2. */
function readVerdict(received: Uint8Array, target: HopTarget, asking: Asking): HopStep {
  if (received.length < ANSWER_SIZE) return INCOMPLETE;
  return received[1] === 0 ? request(target, asking) : UNAUTHENTICATED;
}

function request(target: HopTarget, { command }: Asking): HopStep {
  return { kind: 'send', bytes: encodeRequest(command, target), size: ANSWER_SIZE, phase: Phase.reply };
}

function readReply(bytes: Uint8Array, asking: Asking): HopStep {
  if (bytes.length < 5) return bytes.length > 0 && bytes[0] !== VERSION ? BROKEN : INCOMPLETE;
  if (bytes[0] !== VERSION) return BROKEN;
  if (bytes[1] !== 0) return asking.refusal(bytes[1]);
  const size = replySize(bytes);
  if (size === 0) return BROKEN;
  return bytes.length < size ? INCOMPLETE : { kind: 'connected', bound: readBound(bytes, size), size };
}

function ofHop(code: FailureCode): HopStep {
  return { kind: 'failed', failure: failureOf(code), of: 'hop' };
}

/** Bytes of a reply, computed from its first five; 0 for an unknown address type. */
function replySize(bytes: Uint8Array): number {
  switch (bytes[3]) {
    case AddressType.ipv4:
      return 10;
    case AddressType.ipv6:
      return 22;
    case AddressType.name:
      return 7 + bytes[4];
    default:
      return 0;
  }
}

/** A bound address may be a name, which is of no use to a client: it becomes 0.0.0.0. */
function readBound(bytes: Uint8Array, size: number): Bound {
  const port = (bytes[size - 2] << 8) | bytes[size - 1];
  return bytes[3] === AddressType.name ? { ip: new Uint8Array(4), port } : { ip: bytes.slice(4, size - 2), port };
}

function encodePassword(username: string, password: string): Uint8Array {
  const encoder = new TextEncoder();
  const name = encoder.encode(username).subarray(0, CREDENTIAL_MAX);
  const secret = encoder.encode(password).subarray(0, CREDENTIAL_MAX);
  return Uint8Array.of(PASSWORD_VERSION, name.length, ...name, secret.length, ...secret);
}

function encodeRequest(command: number, { host, port }: HopTarget): Uint8Array {
  const ip = parseIp(host);
  const head = [VERSION, command, 0];
  const tail = [port >> 8, port & 255];
  if (ip !== undefined) {
    return Uint8Array.of(...head, ip.length === 4 ? AddressType.ipv4 : AddressType.ipv6, ...ip, ...tail);
  }
  const name = new TextEncoder().encode(host);
  return Uint8Array.of(...head, AddressType.name, name.length, ...name, ...tail);
}
