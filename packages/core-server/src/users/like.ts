/**
 * Whether `text` is like `pattern`, as SQL means it: `%` stands for any text, `_` for any one character, all else for itself.
 * It takes no longer than the product of their lengths, whatever they are.
 */
export function isLike(text: string, pattern: string): boolean {
  const characters = Array.from(text);
  const wanted = Array.from(pattern);
  let at = 0;
  let next = 0;
  // Where the last `%` is, and how much of the text it has been taken to stand for.
  let anyAt = -1;
  let anyEnd = 0;
  while (at < characters.length) {
    if (wanted[next] === '%') {
      anyAt = next++;
      anyEnd = at;
    } else if (wanted[next] === '_' || wanted[next] === characters[at]) {
      next++;
      at++;
    } else if (anyAt >= 0) {
      next = anyAt + 1;
      at = ++anyEnd;
    } else return false;
  }
  while (wanted[next] === '%') next++;
  return next === wanted.length;
}
