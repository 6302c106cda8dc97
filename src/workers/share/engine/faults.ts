// What is wrong with the engine, by the errors of Node and by the codes of Redis: the first word of an error reply. What else
// these say is for people.
import { plain } from '../../../protocol/text/plain-text.js';
import type { EngineFault, Reply } from './engine.js';

export interface Failure {
  readonly fault: EngineFault;
  /** A part of a sentence, such as `it takes no connections (ECONNREFUSED)`. */
  readonly detail: string;
}

/** Characters of the engine's own words that are passed on. */
const WORDS_MAX = 200;

const BY_CODE_OF_NODE: Readonly<Record<string, EngineFault>> = {
  ...{ ECONNREFUSED: 'unreachable', ENOENT: 'unreachable', EHOSTUNREACH: 'unreachable', ENETUNREACH: 'unreachable' },
  ...{ ENOTFOUND: 'unreachable', EAI_AGAIN: 'unreachable', EACCES: 'unreachable', EADDRNOTAVAIL: 'unreachable' },
  ...{ ETIMEDOUT: 'timeout', ABORT_ERR: 'timeout', ECONNRESET: 'closed', EPIPE: 'closed' },
};
/** OpenSSL's verdicts on certificates, and what Node and OpenSSL say of TLS that does not come about. The first that fits counts. */
const OF_TLS: readonly (readonly [RegExp, string])[] = [
  [/^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_)/, 'its certificate is not trusted: see share.ca_file'],
  [/^(HOSTNAME_|ERR_TLS_CERT_ALTNAME_)/, 'its certificate has another name: see share.tls_name'],
  [/CERTIFICATE_REQUIRED/, 'it wants a certificate: see share.cert_file'],
  [/KEY_VALUES_MISMATCH/, 'share.key_file is not the key of share.cert_file'],
  [/^(ERR_TLS_|ERR_SSL_|EPROTO)/, 'there is no TLS with it'],
];

const SENTENCES: Readonly<Record<EngineFault, string>> = {
  unreachable: 'it cannot be reached',
  timeout: 'it does not answer in time',
  closed: 'it has closed the connection',
  certificate: 'there is no TLS with it',
  hanging: 'it is connected and does not answer',
  credentials: 'it does not take the name and the password',
  permission: 'the user may not do what is needed there',
  version: 'it is too old: 7.0 or later is needed',
  replica: 'it is a replica, which takes no writes',
  loading: 'it is still loading its data',
  full: 'it takes no writes',
  moved: 'another node of the cluster has the keys of the site',
  'cluster-down': 'its cluster does not serve',
  'no-master': 'the sentinels know no master of that name',
  other: 'it cannot be used',
};

export function failure(fault: EngineFault, words?: string): Failure {
  const sentence = SENTENCES[fault];
  return { fault, detail: words === undefined ? sentence : `${sentence} (${plain(words.slice(0, WORDS_MAX))})` };
}

/** Of an error that Node or the library has given. */
export function failureOf(error: unknown): Failure {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  if (typeof code === 'string') {
    const ofTls = OF_TLS.find(([form]) => form.test(code))?.[1];
    if (ofTls !== undefined) return { fault: 'certificate', detail: `${ofTls} (${code})` };
    return failure(BY_CODE_OF_NODE[code] ?? 'other', code);
  }
  return failure('other', error instanceof Error ? error.message : String(error));
}

export const isError = (reply: Reply | undefined): reply is { readonly error: string } =>
  typeof reply === 'object' && reply !== null && 'error' in reply;

const BY_CODE_OF_REDIS: Readonly<Record<string, EngineFault>> = {
  ...{ WRONGPASS: 'credentials', NOAUTH: 'credentials', NOPERM: 'permission', DENIED: 'permission' },
  ...{ READONLY: 'replica', MASTERDOWN: 'replica', LOADING: 'loading', CLUSTERDOWN: 'cluster-down' },
  ...{ OOM: 'full', MISCONF: 'full', NOREPLICAS: 'full', MOVED: 'moved', ASK: 'moved', TRYAGAIN: 'moved' },
  // Somebody else has put something under a key of the site.
  WRONGTYPE: 'other',
};

/** The first word of an error reply: `OOM`. */
export const codeOf = (error: string): string => error.split(' ', 1)[0] ?? '';

/** What an error reply says of the engine itself; undefined where it is only about the command. */
export const faultOf = (error: string): EngineFault | undefined => BY_CODE_OF_REDIS[codeOf(error)];

export function failureOfReply(error: string): Failure {
  if (codeOf(error) === 'NOAUTH') return { fault: 'credentials', detail: NO_PASSWORD };
  return failure(faultOf(error) ?? 'other', error);
}

const NO_PASSWORD = 'it wants a password, and none is configured for it (NOAUTH)';

/** Codes after which this connection is of no use: another one may be. */
const IN_VAIN = new Set(['READONLY', 'MASTERDOWN', 'LOADING', 'CLUSTERDOWN', 'MOVED', 'NOAUTH']);

export const isInVain = (error: string): boolean => IN_VAIN.has(codeOf(error));
