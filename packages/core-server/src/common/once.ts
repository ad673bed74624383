/**
 * Runs `work` when it is first asked for and gives its result to everybody who asks; when it fails, the next one who asks
 * has it run again.
 */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work().catch((error) => {
      result = undefined;
      throw error;
    });
    return result;
  };
}
