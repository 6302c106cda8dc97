// Asks the gateway of a test by HTTP where it is looked at.
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Gateway } from './gateway.js';
import { until } from './until.js';

const SERVING = 'admin: serving at ';

export interface AdminReply {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

export interface AdminRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The place as the gateway has logged it last: `http://…` or `unix:…`. */
export async function adminPlace(gateway: Pick<Gateway, 'records'>): Promise<string> {
  const found = (): string | undefined =>
    gateway.records.findLast(({ msg }) => msg.startsWith(SERVING))?.msg.slice(SERVING.length);
  await until('it can be looked at', () => found() !== undefined);
  return found() as string;
}

/** `place`: as `adminPlace` gives it. */
export async function askAdmin(place: string, path: string, asked: AdminRequest = {}): Promise<AdminReply> {
  const { method = 'GET', headers = {}, body } = asked;
  const where = place.startsWith('unix:')
    ? { socketPath: place.slice('unix:'.length) }
    : { hostname: new URL(place).hostname.replace(/^\[|\]$/g, ''), port: new URL(place).port };
  return new Promise((resolve, reject) => {
    const asking = request({ ...where, method, path, headers, agent: false }, (response) => {
      void text(response).then(
        (read) => resolve({ status: response.statusCode as number, headers: response.headers, body: read }),
        reject,
      );
    });
    asking.once('error', reject);
    asking.end(body);
  });
}
