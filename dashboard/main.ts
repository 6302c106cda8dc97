// The dashboard of a gateway: one page in the browser. It starts the shell in the language and the colours that are wanted.
import { Shell } from './shell/shell.js';
import { applyTheme, keptTheme } from './shell/theme.js';
import { firstLanguage, setLanguage } from './text/language.js';

setLanguage(firstLanguage());
applyTheme(keptTheme());
new Shell(document.body).start();
