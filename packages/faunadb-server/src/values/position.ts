/**
 * A position in a query: the path of object keys and array indexes from the root, as a linked list that is cheap to
 * extend. It becomes an array only when an error is rendered.
 */
export interface Position {
  readonly parent: Position | undefined;
  readonly at: string | number;
}

export function at(parent: Position | undefined, step: string | number): Position {
  return { parent, at: step };
}

export function path(position: Position | undefined): (string | number)[] {
  const steps: (string | number)[] = [];
  for (let p = position; p !== undefined; p = p.parent) steps.push(p.at);
  return steps.reverse();
}
