// Writes a PAC file: JavaScript by which a browser finds, for each URL, what to ask. The text is of the third edition of the
// language, since Windows has an old interpreter for these files.
import { formatEndpoint } from '../address/address.js';
import type { AskedHost } from './asked-host.js';
import type { PacInterval, PacPolicy, PacRule } from './policy.js';
import type { PacWays } from './ways.js';

/** The part that is the same for all who ask. */
export function pacRulesText({ rules, intervals, addressesFrom, isCut }: PacPolicy): string {
  const cut = isCut
    ? '// The rules are longer than a browser takes. What is missing here is left to the gateway, which has them all.\n'
    : '';
  return `${cut}// What to do, on which ports, whether for any destination, for which names, and for which names with all below them.
var RULES = [
${rules.map(ruleText).join(',\n')}
];
// IPv4 addresses from the first number on, and which of these rules are for them.
var INTERVALS = ${intervals === undefined ? 'null' : `[${intervals.map(intervalText).join(',')}]`};
// From this rule on, the gateway has to look up a name before it may be reached without the gateway.
var ADDRESSES_FROM = ${addressesFrom};
${FUNCTIONS}`;
}

/** The whole file. */
export function pacFile(asked: AskedHost, { gateway, refusal }: PacWays, rulesText: string): string {
  const place = formatEndpoint(asked.host, asked.port ?? 80);
  return `// For browsers that reach the gateway as ${asked.host}. Made by TcpRoute of its rules and listeners.
var ACTIONS = { refuse: ${quoted(refusal)}, direct: "DIRECT", gateway: ${quoted(gateway)} };
// Where this file comes from.
var ASKED = ${quoted(place)};
${rulesText}`;
}

const quoted = (text: string): string => JSON.stringify(text);

function ruleText({ action, ports, anywhere, names, suffixes }: PacRule): string {
  const ranges = ports.map(({ from, to }) => `[${from},${to}]`).join(',');
  return `[${quoted(action)},[${ranges}],${anywhere ? 1 : 0},${quoted(names.join(' '))},${quoted(suffixes.join(' '))}]`;
}

const intervalText = ({ first, rules }: PacInterval): string => `[${first},[${rules.join(',')}]]`;

const FUNCTIONS = `
function setOf(text) {
  var set = {}, names = text.split(" "), i;
  for (i = 0; i < names.length; i += 1) if (names[i] !== "") set["." + names[i]] = 1;
  return set;
}
var NAMES = [], SUFFIXES = [], n;
for (n = 0; n < RULES.length; n += 1) {
  NAMES[n] = setOf(RULES[n][3]);
  SUFFIXES[n] = setOf(RULES[n][4]);
}
var PORTS = { http: 80, ws: 80, https: 443, wss: 443, ftp: 21 };

function portOf(url) {
  var parts = /^([a-z][a-z0-9+.-]*):\\/\\/([^\\/?#]*)/i.exec(url);
  if (!parts) return 0;
  var port = /:([0-9]{1,5})$/.exec(parts[2].substring(parts[2].lastIndexOf("@") + 1));
  return port ? Number(port[1]) : PORTS[parts[1].toLowerCase()] || 0;
}
function isForPort(rule, port) {
  var ranges = RULES[rule][1], i;
  for (i = 0; i < ranges.length; i += 1) if (port >= ranges[i][0] && port <= ranges[i][1]) return true;
  return ranges.length === 0;
}
function isForName(rule, name) {
  if (RULES[rule][2] === 1 || NAMES[rule]["." + name] === 1) return true;
  var rest = name, dot;
  while (SUFFIXES[rule]["." + rest] !== 1) {
    dot = rest.indexOf(".");
    if (dot < 0) return false;
    rest = rest.substring(dot + 1);
  }
  return true;
}
function ofName(name, port) {
  for (var rule = 0; rule < RULES.length; rule += 1) {
    if (isForPort(rule, port) && isForName(rule, name)) {
      return RULES[rule][0] === "direct" && rule > ADDRESSES_FROM ? "gateway" : RULES[rule][0];
    }
  }
  return "gateway";
}
function rulesOf(address) {
  var low = 0, high = INTERVALS.length, middle;
  while (low < high) {
    middle = (low + high) >> 1;
    if (INTERVALS[middle][0] <= address) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? [] : INTERVALS[low - 1][1];
}
function ofAddress(address, port) {
  if (INTERVALS === null) return "gateway";
  var listed = rulesOf(address), next = 0;
  for (var rule = 0; rule < RULES.length; rule += 1) {
    while (next < listed.length && listed[next] < rule) next += 1;
    if ((listed[next] === rule || RULES[rule][2] === 1) && isForPort(rule, port)) return RULES[rule][0];
  }
  return "gateway";
}
function actionOf(url, host) {
  var port = portOf(url), name = host.toLowerCase().replace(/^\\[|\\]$/g, "").replace(/\\.$/, "");
  // What never leaves the browser's own machine, and the gateway's own pages.
  if (name === "localhost" || /\\.localhost$/.test(name) || name === "::1") return "direct";
  if ((name.indexOf(":") < 0 ? name : "[" + name + "]") + ":" + port === ASKED) return "direct";
  if (name.indexOf(":") >= 0) return "gateway";
  var octets = /^([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})$/.exec(name);
  if (octets === null) return ofName(name, port);
  if (octets[1] === "127") return "direct";
  return ofAddress(((Number(octets[1]) * 256 + Number(octets[2])) * 256 + Number(octets[3])) * 256 + Number(octets[4]), port);
}
function FindProxyForURL(url, host) {
  return ACTIONS[actionOf(String(url), String(host))];
}
`;
