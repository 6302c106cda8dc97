// Writes docs/openapi.json from the compiled endpoints of the API, if it is what OpenAPI 3.1 wants. With --check it writes nothing
// and ends with status 1 if the file is not up to date. Needs `npm run build` first.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';

const target = new URL('../docs/openapi.json', import.meta.url);
if (!existsSync(new URL('../dist/src/workers/admin/api/openapi.js', import.meta.url))) {
  console.error('openapi: not built yet: run `npm run build` first');
  process.exit(1);
}
const { openApi } = await import('../dist/src/workers/admin/api/openapi.js');
const { ENDPOINTS, STREAMS } = await import('../dist/src/workers/admin/api/endpoints.js');
const text = `${JSON.stringify(openApi(ENDPOINTS, STREAMS), undefined, 2)}\n`;

const { valid, errors } = await new Validator().validate(JSON.parse(text));
if (!valid) {
  console.error(`docs/openapi.json would be no OpenAPI 3.1 document: ${JSON.stringify(errors, undefined, 2)}`);
  process.exitCode = 1;
} else if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  console.error('docs/openapi.json is not up to date: run `node scripts/openapi.mjs`');
  process.exitCode = 1;
}
