// A staged schema: what is written of the schema while an earlier one stays in effect.
import { StoredVersion } from '../../model/base/stored-version.js';
import { removeContents } from '../../model/kinds/collections.js';
import { nameKey } from '../../storage/keys.js';
import { aliasesOf, isUserCollection, NATIVE, SCHEMA_SOURCES } from '../../values/ids.js';
import { sameStored } from '../../values/objects.js';
import type { ObjectValue, Ref } from '../../values/values.js';
import type { Context } from '../evaluate/context.js';
import type { Typer } from '../types/typer.js';
import { abandonIndexes, commitIndexes, type StagedIndex, stagedIndexes } from './backing-indexes.js';
import { settleCollection } from './settled-collection.js';

/** Whether a schema is staged, and whether its indexes are built. */
export type StagedStatus = 'none' | 'pending' | 'ready' | 'failed';

/** The collections of what can be staged. */
const STAGED = [NATIVE.collections, NATIVE.functions, NATIVE.roles, NATIVE.access_providers, SCHEMA_SOURCES];

/** A document of the schema that differs between the schema in effect and the staged one. */
interface Change {
  readonly ref: Ref;
  readonly active: ObjectValue | undefined;
  readonly staged: ObjectValue | undefined;
}

function changesOf({ host }: Context): readonly Change[] {
  const { scope } = host.auth;
  const schema = host.model.schema(scope);
  return STAGED.flatMap((collection) =>
    [...host.model.documents.scan(scope, collection)].flatMap(([ref]): readonly Change[] => {
      if (collection === NATIVE.collections && !isUserCollection(Number(ref.id))) return [];
      const active = schema.definition(collection, ref.id);
      const staged = schema.written.definition(collection, ref.id);
      if (active === staged || (active && staged && sameStored(active, staged))) return [];
      return [{ ref, active, staged }];
    }),
  );
}

/** The indexes that only the staged schema has, by collection. */
function indexesOf(context: Context): readonly { readonly collection: string; readonly index: StagedIndex }[] {
  return changesOf(context).flatMap(({ ref, active, staged }) => {
    if (ref.collection !== NATIVE.collections || !staged) return [];
    const collection = String(staged.fields.get('name'));
    return stagedIndexes(context, active, staged).map((index) => ({ collection, index }));
  });
}

/** Whether a schema is staged in the query's database. */
export const isStaged = ({ host }: Context): boolean => host.model.schema(host.auth.scope).pinnedAt !== undefined;

export function stagedStatus(context: Context): StagedStatus {
  if (!isStaged(context)) return 'none';
  const statuses = new Set(indexesOf(context).map(({ index }) => index.status));
  if (statuses.has('failed')) return 'failed';
  return statuses.has('building') ? 'pending' : 'ready';
}

/** What the staged schema still waits for, a line for each index. */
export function pendingSummary(context: Context): string {
  const pending = indexesOf(context).filter(({ index }) => index.status !== 'complete');
  return [...new Set(pending.map(({ collection }) => collection))]
    .map((collection) => {
      const lines = pending
        .filter((each) => each.collection === collection)
        .map(
          ({ index: { description, status } }) => `\n  ${status === 'failed' ? '!' : '~'} ${description}: ${status}`,
        );
      return `* Collection ${collection}:${lines.join('')}\n`;
    })
    .join('');
}

/** Keeps the present schema in effect: what this query and others write of the schema from now on is staged. */
export function stageSchema({ host }: Context): void {
  const { model, auth } = host;
  if (model.schema(auth.scope).pinnedAt === undefined) model.pinSchema(auth.scope, model.keys.time - 1n);
}

/** Puts the staged schema into effect. Documents may have come since it was staged: the caller checks it again. */
export function commitStaged(context: Context, typer: Typer): void {
  const { model, auth } = context.host;
  for (const { ref, active, staged } of changesOf(context)) {
    if (ref.collection !== NATIVE.collections || !active) continue;
    if (!staged) {
      removeContents(context.host, ref);
      continue;
    }
    // If it was empty then, its documents get their migrations only now.
    settleCollection(context, ref, typer);
    const settled = model.schema(ref.scope).written.definition(ref.collection, ref.id);
    if (settled) commitIndexes(context, active, settled);
  }
  model.pinSchema(auth.scope, undefined);
}

/** Takes back what has been staged. */
export function abandonStaged(context: Context): void {
  const { model, auth } = context.host;
  const changes = changesOf(context);
  for (const { ref, active, staged } of changes) {
    if (ref.collection !== NATIVE.collections || !staged) continue;
    if (active) abandonIndexes(context, active, staged);
    else removeContents(context.host, ref);
  }
  // All names are removed before any is set, since documents may have exchanged theirs.
  for (const { ref, staged } of changes) if (staged) for (const key of nameKeysOf(ref, staged)) model.keys.remove(key);
  for (const { ref, active } of changes) {
    if (active) restore(context.host, ref, active);
    else {
      model.changeSchema(ref.scope, ref.collection, ref.id, []);
      model.documents.append(context.host, ref, StoredVersion.deletion(model.keys.writeTime));
    }
  }
  model.pinSchema(auth.scope, undefined);
}

/** Brings back a document of the schema in effect whose deletion was staged. @returns whether there is one */
export function reviveStaged({ host }: Context, ref: Ref): boolean {
  const { model } = host;
  const schema = model.schema(ref.scope);
  const active = schema.definition(ref.collection, ref.id);
  if (!active || schema.written.definition(ref.collection, ref.id)) return false;
  restore(host, ref, active);
  return true;
}

function restore(host: Context['host'], ref: Ref, data: ObjectValue): void {
  const { model } = host;
  model.changeSchema(ref.scope, ref.collection, ref.id, []);
  const id = Buffer.allocUnsafe(8);
  id.writeBigInt64BE(ref.id);
  for (const key of nameKeysOf(ref, data)) model.keys.put(key, id);
  model.documents.append(host, ref, StoredVersion.live(model.keys.writeTime, data));
}

function nameKeysOf({ scope, collection }: Ref, { fields }: ObjectValue): readonly Buffer[] {
  if (collection === SCHEMA_SOURCES) return [];
  const name = fields.get('name');
  const alias = fields.get('alias');
  return [
    ...(typeof name === 'string' ? [nameKey(scope, collection, name)] : []),
    ...(typeof alias === 'string' ? [nameKey(scope, aliasesOf(collection), alias)] : []),
  ];
}
