// The settings of `log`: where the log goes, and in which form. The level is a key of its own at the top (log-level.ts). It
// opens no file: see main/process/log-destination.ts.
import type { LogFormat, LogOptions } from '../../../../protocol/log-options.js';
import { fileAt } from '../../diagnostics/place.js';
import { asText } from '../../sources/text.js';
import { isPath } from './ca-file.js';
import { choice, type Setting } from './setting.js';
import { isPlaceOfFile } from './state-file.js';

/** The streams of the process. A file with such a name is written as `./stdout`. */
const STREAMS: readonly string[] = ['stdout', 'stderr'];
const ALLOWED = 'stdout, stderr, or the path of a file, in a directory that exists';

const destination: Setting<string> = {
  doc: 'Where the log goes. A file is appended to, made with mode 0640 where there is none, and opened again at SIGHUP.',
  default: 'stdout',
  env: 'TCPROUTE_LOG_DESTINATION',
  allowed: ALLOWED,
  check(value, place, diagnostics) {
    if (typeof value === 'string' && STREAMS.includes(value)) return value;
    if (isPath(value) && isPlaceOfFile(fileAt(place, value))) return fileAt(place, value);
    diagnostics.reject(place, value, ALLOWED);
    return undefined;
  },
  fromText: asText,
  format: '*',
};

export const LOG: { readonly [Key in keyof LogOptions]: Setting<LogOptions[Key]> } = {
  destination,
  format: choice<LogFormat>({
    doc: 'The form of the log: words for people, one JSON object a line, or (`auto`) words in colour on a terminal and JSON elsewhere.',
    default: 'auto',
    env: 'TCPROUTE_LOG_FORMAT',
    choices: ['auto', 'pretty', 'json'],
  }),
};
