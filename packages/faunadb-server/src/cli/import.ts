import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { reasonOf } from '@supertokens-faunadb/store';
import type { SchemaFile } from '../server/fauna-server.js';
import { JsonError, type JsonValue, parseJson } from '../values/json.js';
import { Progress } from './progress.js';
import { field, type Remote, RemoteError, textOf, without } from './remote.js';
import { refuseStaged, SCHEMA, type SchemaKind } from './transfer.js';

const MAX_BATCH_DOCUMENTS = 100;
const MAX_BATCH_BYTES = 512 * 1024;

/**
 * Imports an export. Existing schema documents are kept and existing documents replaced, so that an interrupted import
 * can simply be repeated.
 *
 * @param file `undefined` for standard input.
 */
export async function importDatabase(remote: Remote, file: string | undefined): Promise<void> {
  const opened = file === undefined ? undefined : await openFile(file);
  const input = opened?.handle.createReadStream() ?? process.stdin;
  const progress = new Progress('imported', opened?.size ?? 0);
  const importer = new Importer(remote, file ?? 'standard input');
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      if (line.trim() !== '') await importer.take(line, number);
      progress.advance(Buffer.byteLength(line) + 1);
    }
    await importer.end();
  } finally {
    progress.end();
  }
  console.error(
    `Imported ${importer.schema} schema documents (${importer.kept} already existed) and ${importer.documents} documents.`,
  );
}

async function openFile(file: string): Promise<{ handle: FileHandle; size: number }> {
  try {
    const handle = await open(file);
    const found = await handle.stat();
    if (!found.isDirectory()) return { handle, size: found.size };
    await handle.close();
    throw Object.assign(new Error(`${file} is a directory`), { code: 'EISDIR' });
  } catch (error) {
    throw new Error(`${file} cannot be read, because ${reasonOf(error)}: give a file that an export was written to.`);
  }
}

class Importer {
  readonly #remote: Remote;
  /** The input's name, for errors. */
  readonly #source: string;
  readonly #files: SchemaFile[] = [];
  #begun: Promise<void> | undefined;
  #batch: string[] = [];
  #batchBytes = 0;
  /**
   * Queries that set the roles of functions. They run last, because roles come after the functions that they may
   * name.
   */
  readonly #roles: string[] = [];
  schema = 0;
  kept = 0;
  documents = 0;

  constructor(remote: Remote, source: string) {
    this.#remote = remote;
    this.#source = source;
  }

  async take(line: string, number: number): Promise<void> {
    const entry = this.#read(line, number);
    const name = field(entry, 'kind');
    const resource = field(entry, 'resource');
    if (name === 'schema_file') return this.#takeFile(entry, number);
    const kind = SCHEMA.find((k) => k.name === name);
    if (resource === undefined || (kind === undefined && name !== 'document')) {
      throw new Error(`Line ${number} of ${this.#source} is not part of an export: expected {"kind":…,"resource":…}.`);
    }
    await this.#begin();
    if (kind) await this.#takeSchema(kind, resource);
    else await this.#takeDocument(resource);
  }

  /** Runs before anything is written. */
  async #begin(): Promise<void> {
    this.#begun ??= refuseStaged(this.#remote, 'an import changes the schema in effect');
    await this.#begun;
  }

  #read(line: string, number: number): JsonValue {
    try {
      return parseJson(line);
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      throw new Error(`Line ${number} of ${this.#source} is not JSON or is cut short: expected a complete export.`);
    }
  }

  async end(): Promise<void> {
    await this.#pushSchema();
    await this.#flush();
    for (const update of this.#roles) await this.#remote.query(update);
  }

  #takeFile(entry: JsonValue, number: number): void {
    const [name, text] = [field(entry, 'name'), field(entry, 'text')];
    if (typeof name !== 'string' || typeof text !== 'string')
      throw new Error(`Line ${number} of ${this.#source} is not a schema file: expected a name and a text.`);
    this.#files.push({ name, text });
  }

  /** Pushes the schema files, once all other parts of the schema exist. */
  async #pushSchema(): Promise<void> {
    const files = this.#files.splice(0);
    if (files.length === 0) return;
    await this.#begin();
    const diff = field(await this.#remote.sendSchema('validate?diff=summary', files), 'diff');
    const removed = String(diff)
      .split('\n')
      .filter((line) => line.startsWith('* Removing '));
    if (removed.length > 0)
      throw new Error(
        `The schema files of ${this.#source} would delete what else is in the database:\n${removed.join('\n')}`,
      );
    await this.#remote.sendSchema('update', files);
  }

  async #takeSchema(kind: SchemaKind, resource: JsonValue): Promise<void> {
    const role = kind.name === 'function' ? field(resource, 'role') : undefined;
    const params = without(resource, 'ref', 'ts', ...kind.hidden, ...(role === undefined ? [] : ['role']));
    try {
      await this.#remote.query(`{"${kind.create}":{"quote":${textOf(params)}}}`);
      this.schema++;
    } catch (error) {
      if (!(error instanceof RemoteError) || !/already exists/.test(error.code + error.message)) throw error;
      this.kept++;
    }
    if (role !== undefined) {
      const ref = textOf(field(resource, 'ref')!);
      this.#roles.push(`{"update":${ref},"params":{"quote":{"role":${textOf(role)}}}}`);
    }
  }

  async #takeDocument(resource: JsonValue): Promise<void> {
    await this.#pushSchema();
    const ref = textOf(field(resource, 'ref')!);
    const params = `{"quote":${textOf(without(resource, 'ref', 'ts'))}}`;
    const write = (form: string) => `{"${form}":${ref},"params":${params}}`;
    const text = `{"if":{"exists":${ref}},"then":${write('replace')},"else":${write('create')}}`;
    if (this.#batch.length === MAX_BATCH_DOCUMENTS || this.#batchBytes + text.length > MAX_BATCH_BYTES) {
      await this.#flush();
    }
    this.#batch.push(text);
    this.#batchBytes += text.length;
  }

  async #flush(): Promise<void> {
    if (this.#batch.length === 0) return;
    // Ending in null keeps the documents out of the answer.
    await this.#remote.query(`{"do":[${this.#batch.join(',')},null]}`);
    this.documents += this.#batch.length;
    this.#batch = [];
    this.#batchBytes = 0;
  }
}
