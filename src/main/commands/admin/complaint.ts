// What a command says and returns when the gateway has not answered as it should.

import { type AdminPlace, adminPlaceText } from '../../../protocol/admin-place.js';
import type { NotAnswered } from './client.js';
import type { Complaint } from './looked.js';

/** Of a command that asks the running gateway. `nobody`: no gateway runs. */
export const STATUS = { well: 0, wrong: 1, nobody: 3 } as const;

const OK = 200;
const UNAUTHORISED = 401;
const FORBIDDEN = 403;
const NOT_FOUND = 404;

/** `hasToken`: whether one was shown. */
export function complaintOf(answered: NotAnswered, place: AdminPlace, hasToken: boolean): Complaint {
  const where = adminPlaceText(place);
  switch (answered.code) {
    case 'nobody':
      return nobody(answered.errno, where);
    case 'failed':
      return { status: STATUS.wrong, complaint: `the gateway at ${where} gave no answer: ${answered.why}` };
    case 'refused':
      return { status: STATUS.wrong, complaint: refusal(answered, where, hasToken) };
    default:
      return answered satisfies never;
  }
}

function nobody(errno: string, where: string): Complaint {
  if (errno === 'EACCES' || errno === 'EPERM')
    return { status: STATUS.wrong, complaint: `this user may not use ${where}; only the user of the gateway may` };
  const why =
    errno === 'ENOENT' ? 'there is no such socket' : errno === 'ECONNREFUSED' ? 'nothing listens there' : errno;
  return { status: STATUS.nobody, complaint: `no gateway runs at ${where} (${why})` };
}

function refusal(
  { status, error }: Extract<NotAnswered, { code: 'refused' }>,
  where: string,
  hasToken: boolean,
): string {
  if (status === UNAUTHORISED)
    return hasToken
      ? `the token is not that of the gateway at ${where}`
      : `the gateway at ${where} wants a token: name its file by --token-file, or in the configuration by admin.token_file`;
  if (error !== undefined) return `the gateway at ${where} refuses: ${error}`;
  if (status === FORBIDDEN) return `the gateway at ${where} lets nobody in from here`;
  if (status === NOT_FOUND || status === OK) return `what answers at ${where} is no gateway, or one of another version`;
  return `what answers at ${where} is no gateway's API (HTTP status ${status})`;
}
