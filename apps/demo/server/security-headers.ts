import type { RequestHandler } from 'express';

/**
 * Lets the page run its own scripts only and speak to its own server and FaunaDB only: whoever injects a script into a
 * page that holds a database token must find no way to carry it off.
 */
export function securityHeaders(faunadbOrigin: string): RequestHandler {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self' ${faunadbOrigin}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return (_request, response, next) => {
    response.set({
      'Content-Security-Policy': policy,
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    });
    next();
  };
}
