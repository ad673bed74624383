import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import type { JsonValue } from '../wire/json.js';
import { Progress } from './progress.js';
import { field, type Remote, textOf } from './remote.js';
import { SCHEMA } from './transfer.js';

const PAGE = 500;

/**
 * Writes a database's schema and documents as JSON Lines.
 *
 * @param file undefined for standard output.
 */
export async function exportDatabase(remote: Remote, file: string | undefined): Promise<void> {
  const output = file === undefined ? process.stdout : createWriteStream(file, { flags: 'wx', mode: 0o600 });
  if (file !== undefined) await once(output, 'open').catch((error) => Promise.reject(explain(error, file)));
  const collections: JsonValue[] = [];
  for (const { name, set } of SCHEMA) {
    for await (const page of pages(remote, set)) {
      for (const resource of page) {
        await writeLine(output, name, resource);
        if (name === 'collection') collections.push(field(resource, 'ref')!);
      }
    }
  }
  const sets = collections.map((ref) => `{"documents":${textOf(ref)}}`);
  const total =
    sets.length === 0 ? 0 : Number(await remote.query(`{"sum":[${sets.map((set) => `{"count":${set}}`).join(',')}]}`));
  const progress = new Progress('exported', total);
  let documents = 0;
  for (const set of sets) {
    for await (const page of pages(remote, set)) {
      for (const resource of page) await writeLine(output, 'document', resource);
      documents += page.length;
      progress.advance(page.length);
    }
  }
  progress.end();
  if (file !== undefined) {
    output.end();
    await once(output, 'finish');
  }
  console.error(
    `Exported ${documents} documents of ${collections.length} ${collections.length === 1 ? 'collection' : 'collections'}.`,
  );
}

/** The documents of a set, page by page. */
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

async function writeLine(output: Writable, kind: string, resource: JsonValue): Promise<void> {
  const taken = output.write(`{"kind":${JSON.stringify(kind)},"resource":${textOf(resource)}}\n`);
  if (!taken) await once(output, 'drain');
}

function explain(error: NodeJS.ErrnoException, file: string): Error {
  return error.code === 'EEXIST' ? new Error(`${file} exists already: an export overwrites nothing.`) : error;
}
