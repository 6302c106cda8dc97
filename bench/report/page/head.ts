// The head of the page: date, machine, options, and the subjects with their colours.
import { failuresIn } from '../../results/measured.js';
import type { Results } from '../../results/results.js';
import { conditionsOf } from '../figures/conditions.js';
import { colourOf } from '../shared/looks.js';
import { type Markup, markup } from '../shared/markup.js';

export function renderHead(results: Results): Markup {
  const { date, machine, rounds, versions, options } = conditionsOf(results);
  const subjects = versions.map(
    ({ name, version }) =>
      markup`<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" rx="2" fill="${colourOf(name)}"/></svg>${name} <small>${version}</small></li>`,
  );
  const given = options.map(([name, value]) => markup`<li>--${name} <small>${value}</small></li>`);
  return markup`<header>
<p class="kicker">npm run bench</p>
<h1>TcpRoute beside other proxies</h1>
<p class="lead">${date} · ${machine} · loopback · ${rounds}</p>
<dl>
<dt>Subjects</dt><dd><ul class="inline">${subjects}</ul></dd>
<dt>Options</dt><dd><ul class="inline">${given}</ul></dd>
</dl>
${renderFailures(results)}
</header>`;
}

function renderFailures({ measured }: Results): Markup {
  const failures = failuresIn(measured);
  if (failures.length === 0)
    return markup`<p class="note">No connection failed; what each of them carried was checked.</p>`;
  const items = failures.map(
    ({ subject, load, cause, count }) =>
      markup`<li>${subject}, ${load}: ${cause}${count > 1 ? ` (${count} times)` : undefined}</li>`,
  );
  return markup`<section class="failures"><h2>Failures</h2><ul>${items}</ul></section>`;
}
