import { open, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { reasonOf } from '@supertokens-faunadb/store';
import type { JsonValue } from '../values/json.js';
import { Progress } from './progress.js';
import { field, type Remote, textOf } from './remote.js';
import { refuseStaged, SCHEMA, type SchemaKind } from './transfer.js';

const PAGE = 500;
/** With a staged schema, documents follow another than the one that FQL v4 shows. */
const ONE_SCHEMA = 'an export holds only one schema';

/**
 * Writes a database's schema and documents as JSON Lines.
 *
 * @param file undefined for standard output.
 */
export async function exportDatabase(remote: Remote, file: string | undefined): Promise<void> {
  const output = file === undefined ? process.stdout : await create(file);
  const transfer = new Transfer(remote);
  try {
    await pipeline(transfer.lines(), output, { end: file !== undefined });
  } catch (error) {
    // A partial export would look like a complete one.
    if (file !== undefined) await rm(file, { force: true });
    throw (error as NodeJS.ErrnoException).syscall === 'write' ? unwritable(file ?? 'Standard output', error) : error;
  }
  const { documents, collections } = transfer;
  console.error(
    `Exported ${documents} documents of ${collections} ${collections === 1 ? 'collection' : 'collections'}.`,
  );
}

/** Writes and counts the lines of an export. */
class Transfer {
  readonly #remote: Remote;
  documents = 0;
  collections = 0;

  constructor(remote: Remote) {
    this.#remote = remote;
  }

  async *lines(): AsyncGenerator<string> {
    await refuseStaged(this.#remote, ONE_SCHEMA);
    const sets: string[] = [];
    for (const { name, set } of SCHEMA) {
      for await (const page of pages(this.#remote, set)) {
        for (const resource of page) {
          if (!isInFiles(name, resource)) yield lineOf(name, resource);
          if (name === 'collection') sets.push(`{"documents":${textOf(field(resource, 'ref')!)}}`);
        }
      }
    }
    for (const file of await this.#remote.schemaFiles()) yield `${JSON.stringify({ kind: 'schema_file', ...file })}\n`;
    // A schema may have been staged since.
    await refuseStaged(this.#remote, ONE_SCHEMA);
    this.collections = sets.length;
    if (sets.length === 0) return;
    const counts = sets.map((set) => `{"count":${set}}`);
    const progress = new Progress('exported', Number(await this.#remote.query(`{"sum":[${counts.join(',')}]}`)));
    try {
      for (const set of sets) {
        for await (const page of pages(this.#remote, set)) {
          for (const resource of page) yield lineOf('document', resource);
          this.documents += page.length;
          progress.advance(page.length);
        }
      }
    } finally {
      progress.end();
    }
  }
}

async function create(file: string): Promise<Writable> {
  try {
    return (await open(file, 'wx', 0o600)).createWriteStream();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unwritable(file, error);
    throw new Error(`${file} exists already: an export overwrites nothing.`);
  }
}

function unwritable(what: string, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EPIPE') return new Error(`${what} was closed early: the export is incomplete.`);
  return new Error(
    `${what} cannot be written, because ${reasonOf(error)}: give a new file in a directory that this user may write to.`,
  );
}

/** Yields the documents of a set, page by page. */
async function* pages(remote: Remote, set: string): AsyncGenerator<readonly JsonValue[]> {
  let after: JsonValue | undefined;
  do {
    const from = after === undefined ? '' : `,"after":${textOf(after)}`;
    const page = `{"paginate":${set},"size":${PAGE}${from}}`;
    const answer = await remote.query(`{"map":{"lambda":"ref","expr":{"get":{"var":"ref"}}},"collection":${page}}`);
    yield field(answer, 'data') as readonly JsonValue[];
    after = field(answer, 'after');
  } while (after !== undefined);
}

/** Whether only FQL v10 can create a document again: then schema files describe it. */
function isInFiles(kind: SchemaKind['name'], resource: JsonValue): boolean {
  if (kind === 'function') return typeof field(resource, 'body') === 'string';
  const names = (kind === 'role' ? ['privileges', 'membership'] : []).flatMap((name) => {
    const given = field(resource, name) ?? [];
    return (Array.isArray(given) ? given : [given]).map((each) => field(each, 'resource'));
  });
  return names.some((name) => typeof name === 'string');
}

function lineOf(kind: string, resource: JsonValue): string {
  return `{"kind":${JSON.stringify(kind)},"resource":${textOf(resource)}}\n`;
}
