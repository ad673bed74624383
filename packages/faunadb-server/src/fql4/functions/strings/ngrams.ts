/** All sequences of `min` to `max` code points of a text, by position, shorter ones first. */
export function ngrams(text: string, min: number, max: number): string[] {
  const points = [...text];
  const grams: string[] = [];
  for (let start = 0; start + min <= points.length; start++) {
    for (let size = min; size <= max && start + size <= points.length; size++) {
      grams.push(points.slice(start, start + size).join(''));
    }
  }
  return grams;
}
