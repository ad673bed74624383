import type { RequestHandler } from 'express';

/**
 * Lets the page run only its own scripts, and connect only to its own server and FaunaDB: a script injected into the page
 * must not be able to send the database token elsewhere.
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
