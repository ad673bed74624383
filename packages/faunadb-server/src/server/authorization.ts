/**
 * The secret of an `Authorization` header, with any suffix that narrows it (`secret:role`): `Bearer SECRET`, or `Basic` with
 * the secret as the user name and no password. The scheme's name is told apart by case, as FaunaDB does.
 */
export function secretOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (header.startsWith('Bearer ')) return header.slice('Bearer '.length).trim() || undefined;
  if (header.startsWith('Basic ')) return Buffer.from(header.slice('Basic '.length), 'base64').toString() || undefined;
  return undefined;
}
