/** The state that a stream's events add up to: a document, or the members of a set. */
export interface LiveData {
  readonly kind: 'document' | 'set';
  readonly value: unknown;
}

interface SetEvent {
  readonly action: 'add' | 'remove';
  readonly document: { readonly ref: unknown };
  readonly index?: { readonly values?: readonly unknown[] };
}

/** Applies one event to the state. */
export function liveData(before: LiveData | undefined, { type, event }: { type: string; event: unknown }): LiveData {
  if (type === 'set') return { kind: 'set', value: withEvent(membersOf(before), event as SetEvent) };
  if (type === 'version') {
    const { action, document } = event as { action: string; document: unknown };
    return { kind: 'document', value: action === 'delete' ? null : document };
  }
  const page = event as { data?: unknown; ref?: unknown } | null;
  // A document has a reference; a page of a set has none.
  const isPage = page !== null && page.ref === undefined && Array.isArray(page.data);
  return isPage ? { kind: 'set', value: page.data } : { kind: 'document', value: event };
}

function membersOf(before: LiveData | undefined): readonly unknown[] {
  return before?.kind === 'set' ? (before.value as readonly unknown[]) : [];
}

function withEvent(members: readonly unknown[], { action, document, index }: SetEvent): readonly unknown[] {
  const values = index?.values ?? [];
  // As in a page of an index: a list of values, a single value, or the reference if the index has no values.
  const member = values.length === 0 ? document.ref : values.length === 1 ? values[0] : values;
  const key = JSON.stringify(member);
  const others = members.filter((other) => JSON.stringify(other) !== key);
  return action === 'add' ? [...others, member] : others;
}
