// The page's style. Colours of subjects come from looks.ts.
import { colourVariables } from '../shared/looks.js';
import { Markup } from '../shared/markup.js';

const LIGHT = `--ground:#fcfbf9;--ink:#1d1c1a;--soft:#68645d;--rule:#e4e0d9;--good:#0f6b46;--bad:#b3261e;${colourVariables('light')}`;
const DARK = `--ground:#16181b;--ink:#e9e7e3;--soft:#a09c94;--rule:#2e3237;--good:#57c99a;--bad:#ff8a80;${colourVariables('dark')}`;

export const STYLE = new Markup(`
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 ui-sans-serif,system-ui,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
main{max-width:1424px;margin:0 auto;padding:clamp(20px,4vw,56px) clamp(16px,3vw,40px)}
h1{font-size:clamp(1.6rem,4vw,2.3rem);line-height:1.15;font-weight:650;letter-spacing:-.015em;margin:0 0 .4em}
h2{font-size:1.25rem;line-height:1.3;font-weight:650;letter-spacing:-.005em;margin:0 0 .4em}
h2 span{font-weight:400;color:var(--soft);font-size:1rem;letter-spacing:0;margin-left:.35em}
p{margin:0 0 .8em}
section{margin-top:3rem}
small{font-size:.8em;color:var(--soft)}
.kicker{color:var(--soft);font:.85rem ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;margin:0 0 .6em}
.lead{max-width:110ch;color:var(--soft)}
.note{color:var(--soft);font-size:.9rem;max-width:80ch}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.2rem;margin:1.2rem 0;font-size:.95rem}
dt{color:var(--soft)}dd{margin:0}
ul.inline{display:flex;flex-wrap:wrap;gap:.1rem 1.3rem;list-style:none;margin:0;padding:0}
ul.inline svg{width:.7em;height:.7em;margin-right:.45em}
.failures{border-left:3px solid var(--bad);padding-left:1rem;margin-top:1.5rem}.failures h2{color:var(--bad)}
.frame{overflow-x:auto;margin:0 -4px}
table{border-collapse:collapse;font-size:.875rem;line-height:1.35}
th,td{padding:.32rem .7rem;text-align:left;vertical-align:baseline;white-space:nowrap;font-weight:400}
th:first-child,td:first-child{padding-left:4px}
thead th{color:var(--soft);font-size:.8rem;border-bottom:1px solid var(--rule);vertical-align:bottom}
thead i{display:inline-block;width:.7em;height:.7em;border-radius:2px;margin-right:.4em}
tr.first>*{border-top:1px solid var(--rule)}
tbody:first-of-type tr.first:first-child>*,thead+tbody tr.first:first-child>*{border-top:0}
tbody b{font-weight:650}
tr.first>th[colspan]{padding-top:.7rem;color:var(--soft)}tr.first b{color:var(--ink);margin-right:.4em}
tr.first>th[colspan] span{position:sticky;left:4px;display:inline-block;white-space:normal;max-width:min(86vw,80ch)}
.figures th[scope=row]{position:sticky;left:0;background:var(--ground)}
td.number,th.number{text-align:right}
td.number small{display:block;min-height:1.35em}
th[scope=row] small{margin-left:.4em}
.none{color:var(--soft)}.holds{color:var(--good)}.fails{color:var(--bad);font-weight:650}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,400px),1fr));gap:1.8rem 2.4rem;margin-top:1rem}
figure{margin:0;max-width:480px}
figcaption{font-size:.9rem;line-height:1.4;margin-bottom:.5rem;min-height:2.8em}figcaption b{font-weight:650}figcaption span{color:var(--soft);display:block}
figure svg{display:block;width:100%;height:auto;overflow:visible;font-size:12.5px}
svg text{fill:var(--ink)}
svg .tick{fill:var(--soft);font-size:11px}
svg .ratio{fill:var(--soft)}
svg .grid{stroke:var(--rule);fill:none}
svg .rounds path{stroke-width:1;stroke-opacity:.55;fill:none}svg .rounds circle{stroke:none}
svg .curve{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
svg .leader{fill:none;stroke-width:1;stroke-opacity:.45}
svg g g text.name{fill:inherit}
details{margin-top:1.2rem}summary{cursor:pointer;color:var(--soft);font-size:.9rem}details .frame{margin-top:.6rem}
footer{margin-top:3.5rem;border-top:1px solid var(--rule);padding-top:1rem;color:var(--soft);font-size:.9rem;max-width:80ch}
@media (max-width:640px){th,td{padding-left:.35rem;padding-right:.35rem}.targets th{white-space:normal}.figures th[scope=row] small{display:block;margin:0}}
@media print{figure{break-inside:avoid}}
`);
