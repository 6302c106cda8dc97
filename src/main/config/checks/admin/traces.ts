// Checks where traces go. It asks nobody there.
import type { Check } from '../values/setting.js';

export const COLLECTOR_ALLOWED =
  'a URL of http or https without a name and password, such as http://127.0.0.1:4318/v1/traces';

export const checkCollector: Check<string> = (value, place, diagnostics) => {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  const isHttp = url !== undefined && /^https?:$/.test(url.protocol) && /^https?:\/\//i.test(String(value));
  if (!isHttp || url.username !== '' || url.password !== '') {
    diagnostics.reject(place, value, COLLECTOR_ALLOWED);
    return undefined;
  }
  url.hash = '';
  return url.href;
};
