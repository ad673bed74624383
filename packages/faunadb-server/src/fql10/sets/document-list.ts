import type { Context } from '../evaluate/context.js';
import { Doc, type Module, type Ref, type Value } from '../evaluate/values.js';
import { type Element, type Page, PagedValue } from './set.js';

/** Documents found without an index: the tokens of a document. */
export class DocumentListSet extends PagedValue {
  override readonly kind = 'documents';

  constructor(
    /** The method that returned it, its module, and its arguments. */
    readonly name: string,
    readonly module: Module,
    readonly args: readonly Value[],
    readonly refs: readonly Ref[],
  ) {
    super();
  }

  protected override readPage({ host }: Context, count: number, position: readonly Value[] | undefined): Page {
    const start = position?.[0];
    const at = start instanceof Doc ? this.refs.findIndex(({ id }) => id === start.ref.id) : 0;
    const readable = this.refs.slice(Math.max(0, at)).filter((ref) => host.auth.permissions.mayRead(host, ref));
    const elements = readable.map((ref): Element => {
      const value = new Doc(ref);
      return { value, token: () => ({ set: this, position: [value] }) };
    });
    return { elements: elements.slice(0, count), after: elements[count]?.token() };
  }

  protected override reversedSet(): PagedValue {
    return new DocumentListSet(this.name, this.module, this.args, [...this.refs].reverse());
  }

  override streamRefusal(): string {
    return 'only collections and user defined indexes are streamable.';
  }
}
