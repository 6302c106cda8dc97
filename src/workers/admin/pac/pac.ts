// Serves the PAC file to browsers: for the Host that has asked, of the rules and listeners that are in force.
import type { Context, Hono } from 'hono';
import { type AskedHost, parseHost } from '../../../protocol/pac/asked-host.js';
import { pacFile, pacRulesText } from '../../../protocol/pac/file.js';
import { pacPolicy } from '../../../protocol/pac/policy.js';
import { pacWays } from '../../../protocol/pac/ways.js';
import type { AdminParts } from '../shared/parts.js';

const MIME_TYPE = 'application/x-ns-proxy-autoconfig';
/** Browsers ask again when they start and when the network changes; a rule that has changed is the gateway's to apply until then. */
const CACHING = 'max-age=300';

type PacParts = Pick<AdminParts, 'options' | 'listeners' | 'rules'>;

export function servePac(app: Hono, parts: PacParts): void {
  const rulesText = textOfRules(parts);
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

/** The text of the rules, made again when they or the options are others. */
function textOfRules({ options, rules }: PacParts): () => string {
  let made: { readonly of: readonly unknown[]; readonly text: string } | undefined;
  return () => {
    const of = [options(), rules()] as const;
    if (made === undefined || of.some((one, at) => one !== made?.of[at])) {
      const [{ lines, hosts }, tables] = of;
      made = { of, text: pacRulesText(pacPolicy({ tables, lines, hosts: Object.keys(hosts) })) };
    }
    return made.text;
  };
}
