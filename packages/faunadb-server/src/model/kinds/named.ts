import { nameKey } from '../../storage/keys.js';
import { aliasesOf } from '../../values/ids.js';
import type { ObjectValue, Ref } from '../../values/values.js';
import type { ModelContext } from '../base/context.js';
import { DocumentKind, type Writing } from '../base/kind.js';
import type { StoredVersion } from '../base/stored-version.js';
import { NameTaken } from '../documents/not-unique.js';

/** Schema documents, each with a name that is unique in its collection. */
export class NamedKind extends DocumentKind {
  override readonly keptByReplace: readonly string[] = ['name'];

  /** @throws {NameTaken} if another document has the name */
  override write(writing: Writing, store: (data: ObjectValue) => void): ObjectValue {
    const { context, ref, data } = writing;
    const view = context.model;
    const name = data.fields.get('name') as string;
    const schema = view.schema(ref.scope).written;
    const before = writing.isCreate ? undefined : schema.nameOf(ref.collection, ref.id);
    const holder = schema.idOf(ref.collection, name);
    if (holder !== undefined && holder !== ref.id) throw new NameTaken();
    view.changeSchema(ref.scope, ref.collection, ref.id, before === undefined ? [name] : [before, name]);
    if (before !== undefined && before !== name) view.keys.remove(nameKey(ref.scope, ref.collection, before));
    const id = Buffer.allocUnsafe(8);
    id.writeBigInt64BE(ref.id);
    view.keys.put(nameKey(ref.scope, ref.collection, name), id);
    const alias = writing.isCreate ? undefined : view.documents.latest(ref)?.data.fields.get('alias');
    renameAlias(context, ref, alias, data.fields.get('alias'));
    store(data);
    return data;
  }

  override remove(context: ModelContext, ref: Ref, version: StoredVersion, remove: () => void): void {
    this.clear(context, ref, version, remove);
  }

  override clear(context: ModelContext, ref: Ref, version: StoredVersion, remove: () => void): void {
    const name = version.data.fields.get('name') as string;
    context.model.changeSchema(ref.scope, ref.collection, ref.id, [name]);
    context.model.keys.remove(nameKey(ref.scope, ref.collection, name));
    renameAlias(context, ref, version.data.fields.get('alias'), undefined);
    remove();
  }
}

/** Aliases are second names, which only FQL v10 assigns. */
function renameAlias({ model }: ModelContext, ref: Ref, before: unknown, now: unknown): void {
  if (before === now) return;
  const aliases = aliasesOf(ref.collection);
  const names = [before, now].filter((name) => typeof name === 'string');
  model.changeSchema(ref.scope, aliases, ref.id, names);
  if (typeof before === 'string') model.keys.remove(nameKey(ref.scope, aliases, before));
  if (typeof now !== 'string') return;
  const id = Buffer.allocUnsafe(8);
  id.writeBigInt64BE(ref.id);
  model.keys.put(nameKey(ref.scope, aliases, now), id);
}
