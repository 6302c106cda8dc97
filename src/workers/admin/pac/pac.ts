// Serves the PAC file to browsers: for the Host that has asked, of the rules and listeners that are in force.
import type { Context, Hono } from 'hono';
import { type AskedHost, parseHost } from '../../../protocol/pac/asked-host.js';
import { pacFile, pacRulesText } from '../../../protocol/pac/file.js';
import { pacPolicy } from '../../../protocol/pac/policy.js';
import { pacWays } from '../../../protocol/pac/ways.js';
import { madeOf } from '../shared/made-of.js';
import type { AdminParts } from '../shared/parts.js';

const MIME_TYPE = 'application/x-ns-proxy-autoconfig';
/** Browsers ask again when they start and when the network changes; a rule that has changed is the gateway's to apply until then. */
const CACHING = 'max-age=300';

type PacParts = Pick<AdminParts, 'options' | 'listeners' | 'rules'>;

export function servePac(app: Hono, parts: PacParts): void {
  const { options, rules } = parts;
  const rulesText = madeOf(
    () => [options(), rules()] as const,
    ([{ lines, hosts }, tables]) => pacRulesText(pacPolicy({ tables, lines, hosts: Object.keys(hosts) })),
  );
  const answer = (context: Context): Response => {
    const asked = parseHost(context.req.header('host') ?? '');
    const file = asked === undefined ? undefined : fileFor(asked, parts, rulesText);
    if (file === undefined) {
      const error =
        'the gateway has no listener that browsers which ask for this host can use: docs/admin.md says which can';
      return context.json({ error }, 404);
    }
    return context.body(file, 200, { 'Content-Type': MIME_TYPE, 'Cache-Control': CACHING });
  };
  app.get('/proxy.pac', answer);
  app.get('/wpad.dat', answer);
}

function fileFor(asked: AskedHost, { listeners }: PacParts, rulesText: () => string): string | undefined {
  const ways = pacWays(asked, listeners());
  return ways && pacFile(asked, ways, rulesText());
}
