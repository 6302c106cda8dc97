// What every answer tells a browser: to run no script that is not the gateway's own, to show it in no other page, and to keep nothing.

type Headers = Readonly<Record<string, string>>;

export const HEADERS: Headers = {
  'Content-Security-Policy': [
    ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'"],
    ...["connect-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // Unless an answer says something else.
  'Cache-Control': 'no-store',
};

/** For a page of another place that asks whether it may ask. The last is for pages of the internet that ask in a private network. */
export const PREFLIGHT_HEADERS: Headers = {
  'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type',
  'Access-Control-Max-Age': '600',
  'Access-Control-Allow-Private-Network': 'true',
};

/** Of an answer that asks for the token. */
export const TOKEN_WANTED: Headers = { 'WWW-Authenticate': 'Bearer realm="tcproute"' };
