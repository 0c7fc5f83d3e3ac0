/**
 * What every answer to a browser carries. The page runs what the console was built of and nothing else: no inline script or style, no
 * other host, no frame. Answers of the APIs under the console's path are objects of others: should a browser show one as a page,
 * it is a page without scripts, forms and origin.
 */
const everywhere: readonly string[] = [
  'X-Content-Type-Options',
  'nosniff',
  'X-Frame-Options',
  'DENY',
  'Referrer-Policy',
  'no-referrer',
  'Cross-Origin-Opener-Policy',
  'same-origin',
  'Cross-Origin-Resource-Policy',
  'same-origin',
];

const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

export const pageHeaders: readonly string[] = [
  ...everywhere,
  'Content-Security-Policy',
  pagePolicy,
  'Permissions-Policy',
  'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
];

export const contentHeaders: readonly string[] = [
  ...everywhere,
  'Content-Security-Policy',
  "default-src 'none'; frame-ancestors 'none'; sandbox",
];
