// The settings of `log`: where the log and the access log go, and in which form. The level is a key of its own at the top
// (log-level.ts). It opens no file: see main/process/log-outlet.ts.
import type { AccessLogOptions, LogFormat, LogOptions } from '../../../../protocol/log-options.js';
import { fileAt } from '../../diagnostics/place.js';
import { asText } from '../../sources/text.js';
import { isPath } from './ca-file.js';
import { type Check, choice, type Setting } from './setting.js';
import { isPlaceOfFile } from './state-file.js';

/** The streams of the process. A file with such a name is written as `./stdout`. */
const STREAMS: readonly string[] = ['stdout', 'stderr'];
const ALLOWED = 'stdout, stderr, or the path of a file, in a directory that exists';
const ALLOWED_OR_NULL = `${ALLOWED}; null for that of the log`;

function checkDestination(allowed: string): Check<string> {
  return (value, place, diagnostics) => {
    if (typeof value === 'string' && STREAMS.includes(value)) return value;
    if (isPath(value) && isPlaceOfFile(fileAt(place, value))) return fileAt(place, value);
    diagnostics.reject(place, value, allowed);
    return undefined;
  };
}

const destination: Setting<string> = {
  doc: 'Where the log goes. A file is appended to, made with mode 0640 where there is none, and opened again at SIGHUP.',
  default: 'stdout',
  env: 'TCPROUTE_LOG_DESTINATION',
  allowed: ALLOWED,
  check: checkDestination(ALLOWED),
  fromText: asText,
  format: '*',
};

const accessDestination: Setting<string | null> = {
  doc: 'Where the access log goes.',
  default: null,
  env: 'TCPROUTE_LOG_ACCESS_DESTINATION',
  allowed: ALLOWED_OR_NULL,
  check: (value, place, diagnostics) =>
    value === null ? value : checkDestination(ALLOWED_OR_NULL)(value, place, diagnostics),
  fromText: asText,
  format: '*',
};

type SettingsOf<T> = { readonly [Key in keyof T]: Setting<T[Key]> };

// biome-ignore format: a table, one key a line
const ACCESS: SettingsOf<AccessLogOptions> = {
  enabled: choice<AccessLogOptions['enabled']>({ doc: 'Whether each connection that has ended gets a line in the access log, at whatever level the log has. See [operating the gateway](operate.md#the-access-log).', default: 'off', env: 'TCPROUTE_LOG_ACCESS_ENABLED', choices: ['on', 'off'] }),
  destination: accessDestination,
  format: choice<AccessLogOptions['format']>({ doc: 'The form of a line: `key=value`, JSON, or (`auto`) text on a terminal and beside a log in words, JSON elsewhere.', default: 'auto', env: 'TCPROUTE_LOG_ACCESS_FORMAT', choices: ['auto', 'text', 'json'] }),
};

// biome-ignore format: a table, one key a line
export const LOG: SettingsOf<Omit<LogOptions, 'access'>> & { readonly access: SettingsOf<AccessLogOptions> } = {
  destination,
  format: choice<LogFormat>({ doc: 'The form of the log: words for people, one JSON object a line, or (`auto`) words in colour on a terminal and JSON elsewhere.', default: 'auto', env: 'TCPROUTE_LOG_FORMAT', choices: ['auto', 'pretty', 'json'] }),
  access: ACCESS,
};
