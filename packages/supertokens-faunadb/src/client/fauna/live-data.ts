/** An event of a stream of FQL v10. */
export interface LiveEvent {
  readonly type: 'add' | 'update' | 'remove';
  readonly data: unknown;
}

/**
 * Applies one event to a document, or to the members of a set.
 *
 * @param before The document; null where there is none; a list for a set.
 */
export function liveData(before: unknown, { type, data }: LiveEvent): unknown {
  if (!Array.isArray(before)) return type === 'remove' ? null : data;
  const key = keyOf(data);
  const isIt = (member: unknown) => keyOf(member) === key;
  if (type === 'remove') return before.filter((member) => !isIt(member));
  return before.some(isIt) ? before.map((member) => (isIt(member) ? data : member)) : [...before, data];
}

/** Documents are the same by their ids, and other members by their content. */
function keyOf(member: unknown): string {
  const id = typeof member === 'object' && member !== null && 'id' in member ? member.id : undefined;
  return id === undefined ? JSON.stringify(member) : `id ${String(id)}`;
}
