/**
 * The order in which the real Core reads a set of texts: that of the table in which Java keeps it. Clients see it in lists
 * of factors, and a client that compares them as lists must find them as it does there.
 *
 * @see https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/String.html#hashCode()
 */
export function inHashOrder(texts: readonly string[]): string[] {
  let size = 16;
  while (size * 0.75 < texts.length) size *= 2;
  const place = (text: string) => {
    let hash = 0;
    for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
    return (hash ^ (hash >>> 16)) & (size - 1);
  };
  return [...texts].sort((one, other) => place(one) - place(other));
}
