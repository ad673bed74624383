const LINE_END = /[\n\r\u0085\u2028\u2029]/;
// What the domain of an email ends with: letters, or at least two of its characters and then letters.
const DOMAIN = /^(?:[a-z0-9-]+[^a-z0-9-])+(?:[a-z]{2,}|[a-z0-9-]{2,}[a-z]{2})$|^[a-z0-9-]{2,}[a-z]{2}$/iu;
const ODD_DOMAIN = /^[0-9{},.]$/;

/**
 * Whether the real Core takes `email` for one. It matches a pattern that takes much for an email that is none, and some of
 * which takes time without end to refuse; this says the same in time that grows with the length.
 */
export function isDashboardEmail(email: string): boolean {
  if (LINE_END.test(email)) return false;
  // Where a domain is right from an earlier @ on, it is right from the last but one on, whose @ it may contain.
  const last = email.lastIndexOf('@');
  const lastButOne = last > 0 ? email.lastIndexOf('@', last - 1) : -1;
  if (last > 0 && ODD_DOMAIN.test(email.slice(last + 1))) return true;
  return [last, lastButOne].some((at) => at > 0 && DOMAIN.test(email.slice(at + 1)));
}

/** What is wrong with a password for the dashboard; `undefined` when nothing is. */
export function weaknessOf(password: string): string | undefined {
  if (password.length < 8) return 'Password must contain at least 8 characters, including a number';
  if (password.length >= 100) return "Password's length must be lesser than 100 characters";
  const isOneLine = !LINE_END.test(password);
  if (!(isOneLine && /[a-z]/i.test(password))) return 'Password must contain at least one alphabet';
  if (!(isOneLine && /[0-9]/.test(password))) return 'Password must contain at least one number';
  return undefined;
}
