/**
 * The secret of an `Authorization` header, with any suffix that narrows it (`secret:role`): `Bearer SECRET`, or
 * `Basic` with
 * the secret as the user name and no password. The scheme is case-sensitive, as in FaunaDB.
 */
export function secretOf(header: string | undefined): string | undefined {
  const [, scheme, text] = /^(\S+)\s+(\S.*)$/.exec(header ?? '') ?? [];
  if (scheme === 'Bearer') return text;
  return scheme === 'Basic' ? secretOfBasic(withoutColon(text!)) : undefined;
}

function secretOfBasic(encoded: string): string | undefined {
  // Java refuses invalid base64, of which Node decodes as much as it can.
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) return undefined;
  return withoutColon(Buffer.from(encoded, 'base64').toString().trim()) || undefined;
}

const withoutColon = (text: string) => (text.endsWith(':') ? text.slice(0, -1) : text);
