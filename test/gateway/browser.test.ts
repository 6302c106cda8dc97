// A headless Chromium through the gateway: as docs/clients.md starts it, and with a user, which it names when it is asked.
import assert from 'node:assert/strict';
import { Chromium, QUIET } from '../helpers/chromium.js';
import { client, newFolder, plainUrl, secureUrl, site } from '../helpers/page-clients.js';

client('a headless Chromium', ['chromium'], async (visit) => {
  const cwd = newFolder();
  const flags = `${QUIET.join(' ')} --user-data-dir=${cwd}/profile --dump-dom`;
  const { output } = await visit.lines('A browser', {
    change: (line) => line.replace('chromium', `chromium ${flags}`),
    cwd,
  });
  assert.match(output, /hello from the site/);
});

client(
  'a headless Chromium names its user, and is shown the answer where that is wrong',
  ['chromium'],
  async (visit) => {
    const { world } = visit;
    const users = { alice: { password: 'sekrit' } };
    const gateway = await world.gateway({ nameservers: `127.0.0.1:${site.dns.port}`, users });
    const start = async (password: string): Promise<Chromium> =>
      world.use(await Chromium.start(`http://127.0.0.1:${gateway.port}`, { username: 'alice', password }));
    const alice = await start('sekrit');
    for (const url of [plainUrl(), secureUrl()]) assert.equal(await alice.textOf(`${url}/`), 'hello from the site');
    assert.ok(alice.asked > 0);
    const stranger = await start('wrong');
    assert.match(await stranger.textOf(`${plainUrl()}/`), /^tcproute: the user name or the password is wrong/);
    await assert.rejects(stranger.textOf(`${secureUrl()}/`), /net::ERR_/);
    assert.doesNotMatch(gateway.output, /sekrit/);
  },
);
