// `tcproute fleet key`: makes the key by which a gateway of a site signs its news, and the secret of the site where there is none
// yet, as files in the working directory. A file that is there stays as it is. It reads no configuration and asks no gateway.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBounded } from '../../../files/bounded-file.js';
import { modeForOthers } from '../../../files/readable-by-others.js';
import { isShareName } from '../../../protocol/share/keys.js';
import { publicText, signKey } from '../../../protocol/share/signature.js';
import { STATUS } from '../admin/complaint.js';
import type { Looked } from '../admin/looked.js';

interface Keys {
  readonly gateway: string;
  /** The 32 bytes of the key (RFC 8032), in base64. */
  readonly public_key: string;
  readonly secret_file: string;
  readonly sign_key_file: string;
  /** Which of the two files were not there before. */
  readonly made: readonly string[];
  /** Of all gateways whose private keys are in the folder, this one too, by name: their public keys. */
  readonly gateways: Readonly<Record<string, string>>;
  /** Which of the two files others of this machine can read. */
  readonly readable: readonly string[];
}

type KeyOutcome = { readonly kind: 'made'; readonly keys: Keys } | { readonly kind: 'failed'; readonly reason: string };

const SECRET_FILE = 'share.secret';
/** Of base64url: 43 characters, where the configuration wants 32 at least. */
const SECRET_OCTETS = 32;
const SECRET_LEAST = 32;
/** Only the user of the gateway may read it. */
const MODE = 0o600;
const FILE_OCTETS_MAX = 64 * 1024;
/** Of a folder. */
const FILES_MAX = 10_000;

/** For the working directory. `gateway`: a name that has been checked. */
export function keysOf(gateway: string, isJson: boolean): Looked {
  const made = makeKeys(gateway, '.');
  if (made.kind === 'failed') return { status: STATUS.wrong, complaint: made.reason };
  return { status: STATUS.well, said: isJson ? `${JSON.stringify(made.keys, null, 2)}\n` : keysText(made.keys) };
}

export function makeKeys(gateway: string, directory: string): KeyOutcome {
  const sign_key_file = `share-${gateway}.pem`;
  const secret = had(join(directory, SECRET_FILE), () => `${randomBytes(SECRET_OCTETS).toString('base64url')}\n`);
  if (secret.kind === 'failed') return secret;
  if (secret.text.trim().length < SECRET_LEAST)
    return failed(`${SECRET_FILE} is there already and has fewer than ${SECRET_LEAST} characters`);
  const pem = had(join(directory, sign_key_file), newKey);
  if (pem.kind === 'failed') return pem;
  const key = signKey(pem.text);
  if (key === undefined) return failed(`${sign_key_file} is there already and holds no Ed25519 private key in PEM`);
  const made = [...(secret.isNew ? [SECRET_FILE] : []), ...(pem.isNew ? [sign_key_file] : [])];
  const public_key = publicText(key);
  const readable = [SECRET_FILE, sign_key_file].filter((file) => modeForOthers(join(directory, file)) !== undefined);
  const gateways = { ...keysBeside(directory), [gateway]: public_key };
  return {
    kind: 'made',
    keys: { gateway, public_key, secret_file: SECRET_FILE, sign_key_file, made, gateways, readable },
  };
}

/** Of the private keys in a folder; what is none is passed over. */
function keysBeside(directory: string): Record<string, string> {
  const keys: Record<string, string> = {};
  for (const file of readdirSync(directory).sort().slice(0, FILES_MAX)) {
    const name = /^share-(.+)\.pem$/.exec(file)?.[1];
    if (name === undefined || !isShareName(name)) continue;
    const read = readBounded(join(directory, file), { octets_max: FILE_OCTETS_MAX });
    const key = read.kind === 'read' ? signKey(read.bytes.toString()) : undefined;
    if (key !== undefined) keys[name] = publicText(key);
  }
  return keys;
}

const failed = (reason: string): Extract<KeyOutcome, { kind: 'failed' }> => ({ kind: 'failed', reason });

type Had =
  | { readonly kind: 'had'; readonly text: string; readonly isNew: boolean }
  | Extract<KeyOutcome, { kind: 'failed' }>;

/** The text of a file, which is written where there is none. */
function had(path: string, make: () => string): Had {
  const text = make();
  try {
    writeFileSync(path, text, { flag: 'wx', mode: MODE });
    return { kind: 'had', text, isNew: true };
  } catch (error) {
    const { code = 'no reason' } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') return failed(`${path} cannot be written (${code})`);
  }
  const read = readBounded(path, { octets_max: FILE_OCTETS_MAX });
  if (read.kind === 'read') return { kind: 'had', text: read.bytes.toString(), isNew: false };
  return failed(
    `${path} ${read.kind === 'absent' ? 'is there and leads nowhere, such as a link to no file' : read.why}`,
  );
}

const newKey = (): string => String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));

/** What was made, and what goes into the configurations. */
function keysText({ gateway, public_key, secret_file, sign_key_file, made, gateways, readable }: Keys): string {
  const state = (file: string): string => (made.includes(file) ? 'made' : 'there already, and left as it is');
  const listed = Object.entries(gateways).map(([name, key]) => `\n      "${name}": "${key}"`);
  const exposed = readable.map((file) => `Every user of this machine can read ${file}: chmod 600 ${file}\n`);
  return `${secret_file}: ${state(secret_file)}. The secret of the site: every gateway needs the same file, and nobody else may read it.
${sign_key_file}: ${state(sign_key_file)}. The private key of ${gateway}: only ${gateway} needs it.
${exposed.join('')}
In the configuration of ${gateway}, with the place of your Redis or Valkey:

  "share": {
    "url": "redis://127.0.0.1:6379",
    "gateway": "${gateway}",
    "secret_file": "${secret_file}",
    "sign_key_file": "${sign_key_file}",
    "gateways": {${listed.join(',')}
    }
  }

"gateways" has every gateway whose private key is in this folder; all gateways of the site belong there. In that of every other
gateway, in "gateways" of "share", followed by "tcproute reload" there:

  "${gateway}": "${public_key}"
`;
}
