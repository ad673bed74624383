// The requests of `/schema/1`: files, items, and what files would change.
import type { QueryContext } from '../../query/context.js';
import { SCHEMA_SOURCES } from '../../values/ids.js';
import {
  abandonStaged,
  commitStaged,
  isStaged,
  pendingSummary,
  stagedStatus,
  stageSchema,
} from '../documents/staged-schema.js';
import type { Context } from '../evaluate/context.js';
import { CheckFailure, RuntimeFailure } from '../evaluate/failures.js';
import { MAY_WRITE, outermostContext } from '../evaluate/outermost-context.js';
import type { Doc } from '../evaluate/values.js';
import { foreseeParsing } from '../parse/foreseen.js';
import type { SchemaItem } from '../parse/schema-ast.js';
import { parseSchemaItems, parseSchemaNodes } from '../parse/schema-items.js';
import type { Span } from '../parse/span.js';
import { encodeReady, makeReady } from '../wire/encode.js';
import { itemKey, type Renames } from './diff.js';
import { type DiffFormat, renderDiffs } from './diff-render.js';
import type { Base } from './migrations.js';
import { itemsOf, type SchemaFile, textsOf } from './parsed-files.js';
import { replaced } from './patch.js';
import { documentOfItem, type Push, push, type Validated, validatePush } from './push.js';
import {
  forbidden,
  invalid,
  invalidFiles,
  messageOf,
  missing,
  type Refusal,
  SchemaFailure,
  wrongMethod,
} from './schema-failure.js';
import { finishQuery } from './settle.js';
import { activeFiles, currentFiles, MAIN } from './sources.js';

/** A request about the schema. */
export interface ParsedSchemaRequest {
  readonly method: string;
  /** What follows `/schema/1/` in the path, decoded. */
  readonly path: readonly string[];
  readonly parameters: ReadonlyMap<string, string>;
  /** The files of a multipart body. */
  readonly files: readonly SchemaFile[];
  /** Any other body. */
  readonly text: string;
}

/** The answer: the fields of a JSON object, or why there is none. */
export type SchemaResult =
  | { readonly isOk: true; readonly body: string }
  | { readonly isOk: false; readonly refusal: Refusal; readonly message: string };

/** The values of parameters that ask for differences; `true` is an old one for `semantic`. */
const DIFFS: ReadonlySet<string> = new Set(['semantic', 'summary', 'textual', 'true']);

/** The most files that a schema has, `main.fsl` included. */
const MAX_FILES = 1024;

/** Answers a request about the schema. The caller rolls back a failure. */
export function answerSchemaRequest(host: QueryContext, request: ParsedSchemaRequest): SchemaResult {
  const context = outermostContext(host, MAY_WRITE);
  try {
    if (host.auth.permissions.schemaFiles === 'none') throw forbidden();
    const fields = new Handling(context, request).answer();
    finishQuery(context);
    return { isOk: true, body: `{${fields().join(',')}}` };
  } catch (thrown) {
    if (thrown instanceof SchemaFailure) return { isOk: false, refusal: thrown.refusal, message: thrown.message };
    if (thrown instanceof RuntimeFailure) return { isOk: false, refusal: 'invalid', message: messageOf(thrown) };
    if (thrown instanceof CheckFailure)
      return { isOk: false, refusal: 'invalid', message: invalidFiles(thrown.errors).message };
    // Nested code may exceed the depth of JavaScript's stack.
    if (thrown instanceof RangeError && thrown.message.includes('call stack'))
      return { isOk: false, refusal: 'invalid', message: 'The schema is nested too deeply' };
    throw thrown;
  }
}

/** Makes the fields of an answer once all has been written. */
type Fields = () => readonly string[];

const field = (name: string, value: unknown): string => `${JSON.stringify(name)}:${JSON.stringify(value)}`;

interface ItemKind {
  readonly kind: SchemaItem['kind'];
  readonly described: string;
}
const ITEM_KINDS: Readonly<Record<string, ItemKind>> = {
  collections: { kind: 'collection', described: 'a collection' },
  functions: { kind: 'function', described: 'a function' },
  roles: { kind: 'role', described: 'a role' },
  access_providers: { kind: 'access provider', described: 'an access provider' },
};

/** Where an item stands in a file. */
interface Located {
  readonly document: Doc;
  readonly file: SchemaFile;
  readonly span: Pick<Span, 'start' | 'end'>;
}

class Handling {
  readonly #context: Context;
  readonly #request: ParsedSchemaRequest;

  constructor(context: Context, request: ParsedSchemaRequest) {
    this.#context = context;
    this.#request = request;
  }

  answer(): Fields {
    const { path } = this.#request;
    const [first, second, third] = path;
    switch (path.length) {
      case 1:
        if (first === 'files') return this.#by({ GET: () => this.#list() });
        if (first === 'update') return this.#by({ POST: () => this.#update() });
        if (first === 'diff' || first === 'validate') return this.#by({ POST: () => this.#validate() });
        return this.#staged(first);
      case 2:
        if (first === 'staged') return this.#staged(second);
        if (first === 'files') return this.#by({ GET: () => this.#read(second as string) });
        if (first === 'items' && Object.hasOwn(ITEM_KINDS, second as string)) {
          const kind = ITEM_KINDS[second as string] as ItemKind;
          return this.#by({ POST: () => this.#addItem(kind) });
        }
        break;
      case 3:
        if (first === 'items' && Object.hasOwn(ITEM_KINDS, second as string)) {
          const kind = ITEM_KINDS[second as string] as ItemKind;
          const name = third as string;
          return this.#by({
            GET: () => this.#readItem(kind, name),
            POST: () => this.#replaceItem(kind, name),
            DELETE: () => this.#deleteItem(kind, name),
          });
        }
    }
    throw missing();
  }

  /** What is asked of the staged schema. */
  #staged(what: string | undefined): Fields {
    if (what === 'status') return this.#by({ GET: () => this.#status() });
    if (what === 'commit') return this.#by({ POST: () => this.#commit() });
    if (what === 'abandon') return this.#by({ POST: () => this.#abandon() });
    throw missing();
  }

  #by(methods: Readonly<Record<string, () => Fields>>): Fields {
    const { method } = this.#request;
    if (!Object.hasOwn(methods, method)) throw wrongMethod();
    return (methods[method] as () => Fields)();
  }

  // --- parameters

  #parameter(name: string): string | undefined {
    return this.#request.parameters.get(name);
  }

  #isSet(name: string): boolean {
    return this.#parameter(name) === 'true';
  }

  get #format(): DiffFormat {
    const given = this.#parameter('format');
    const format = given === 'semantic' || given === 'summary' || given === 'textual' ? given : this.#parameter('diff');
    return format === 'summary' || format === 'textual' ? format : 'semantic';
  }

  /** The version of the schema, which must be the one that the request names. */
  #version(): bigint {
    const { model, auth } = this.#context.host;
    const { version } = model.committedSchema(auth.scope);
    const given = this.#parameter('version');
    const expected = given !== undefined && /^[+-]?\d{1,19}$/.test(given) ? BigInt(given) : undefined;
    if (!this.#isSet('force') && expected !== undefined && expected !== version)
      throw new SchemaFailure('conflict', 'Stale schema version provided');
    return version;
  }

  #mustWrite(): void {
    if (this.#context.host.auth.permissions.schemaFiles !== 'write') throw forbidden();
  }

  #at(version: bigint, ...fields: readonly string[]): Fields {
    return () => [`"version":${version}`, ...fields];
  }

  /** The fields of an answer to a change, with the version that it makes. */
  #changed(fields: () => readonly string[] = () => []): Fields {
    const { host } = this.#context;
    // Also a change of comments alone makes a version.
    host.model.changeSchema(host.auth.scope, SCHEMA_SOURCES, 0n, []);
    return () => [`"version":${host.model.keys.writeTime}`, ...fields()];
  }

  // --- files

  #list(): Fields {
    const version = this.#version();
    const files = this.#shownFiles().map(({ name }) => ({ filename: name }));
    return this.#at(version, field('files', files));
  }

  #read(name: string): Fields {
    const version = this.#version();
    const file = this.#shownFiles().find((each) => each.name === name);
    if (file === undefined) throw missing();
    return this.#at(version, field('content', file.text));
  }

  #shownFiles(): readonly SchemaFile[] {
    return this.#isSet('staged') ? currentFiles(this.#context) : activeFiles(this.#context);
  }

  #files(): Push {
    const { files } = this.#request;
    for (const { name } of files)
      if (name.startsWith('*') || !name.endsWith('.fsl')) throw invalid(`Invalid filename \`${name}\``);
    // There must be room for the main file.
    if (files.length > (files.some(({ name }) => name === MAIN) ? MAX_FILES : MAX_FILES - 1))
      throw invalid('Too many files');
    return { files, override: this.#parameter('override') !== 'false' };
  }

  #update(): Fields {
    const files = this.#files();
    this.#mustWrite();
    this.#version();
    if (this.#isSet('staged')) stageSchema(this.#context);
    // FaunaDB fails with an internal error.
    else if (isStaged(this.#context))
      throw invalid('A schema is staged: commit or abandon it before you change the schema in effect');
    push(this.#context, files);
    return this.#changed();
  }

  #validate(): Fields {
    const files = this.#files();
    return this.#diff(this.#version(), files, this.#isSet('staged') ? 'staged' : 'active');
  }

  #diff(version: bigint, given: Push, base: Base): Fields {
    return this.#at(version, field('diff', this.#rendered(validatePush(this.#context, given, base))));
  }

  #rendered({ before, after, diffs }: Validated): string {
    const texts = { before: textsOf(before), after: textsOf(after), diffs };
    const { budget } = this.#context.host;
    return renderDiffs(this.#format, texts, this.#parameter('color') === 'ansi', () => budget.touch());
  }

  // --- the staged schema

  #status(): Fields {
    const version = this.#version();
    const status = field('status', stagedStatus(this.#context));
    if (!DIFFS.has(this.#parameter('format') ?? '') && !DIFFS.has(this.#parameter('diff') ?? ''))
      return this.#at(version, status);
    const diff = this.#rendered(validatePush(this.#context, this.#stagedFiles()));
    return this.#at(version, status, field('pending_summary', pendingSummary(this.#context)), field('diff', diff));
  }

  #stagedFiles(): Push {
    return { files: currentFiles(this.#context), override: true };
  }

  #commit(): Fields {
    this.#mustWrite();
    this.#version();
    const status = stagedStatus(this.#context);
    if (status === 'none') throw invalid('There is no staged schema to commit');
    if (status === 'pending')
      throw invalid('Cannot commit schema before it is in the `ready` state. Check schema status for details.');
    if (status === 'failed')
      throw invalid('Cannot commit schema in the `failed` state. Check schema status for details.');
    // Documents may have been written since it was staged.
    const { typer } = validatePush(this.#context, this.#stagedFiles());
    commitStaged(this.#context, typer);
    return this.#changed();
  }

  #abandon(): Fields {
    this.#mustWrite();
    this.#version();
    if (!isStaged(this.#context)) throw invalid('There is no staged schema to abandon');
    abandonStaged(this.#context);
    return this.#changed();
  }

  // --- items

  #locate({ kind }: ItemKind, name: string): Located {
    const document = documentOfItem(this.#context, kind, name);
    if (document === undefined) throw missing();
    let hasErrors = false;
    for (const file of currentFiles(this.#context)) {
      const read = itemsOf(file);
      hasErrors ||= !read.ok;
      const span = read.ok
        ? read.value.find((item) => item.kind === kind && item.name.text === name)?.span
        : nodeSpan(file, kind, name);
      if (span !== undefined) return { document, file, span };
    }
    throw hasErrors ? unreadable() : missing();
  }

  /** The item in the body, and its text. */
  #snippet({ kind, described }: ItemKind): { readonly item: SchemaItem; readonly text: string } {
    const { text } = this.#request;
    if (text.trim() === '') throw invalid('No FSL snippet provided');
    foreseeParsing(this.#context.host.budget, text.length);
    const read = parseSchemaItems(text, '*fsl*');
    if (!read.ok) throw invalidFiles(read.errors);
    const [item] = read.value;
    if (item === undefined || read.value.length !== 1)
      throw invalid(`Expected a single schema item, got: ${read.value.length}`);
    if (item.kind !== kind) throw invalid(`Wrong FSL snippet. Expected ${described}`);
    return { item, text };
  }

  #definition(document: Doc): string {
    const time = this.#context.host.model.keys.writeTime;
    return `"definition":${encodeReady(makeReady(this.#context, document), 'simple', time)}`;
  }

  #itemFields(file: SchemaFile, text: string, { start, end }: Located['span'], document: Doc): () => string[] {
    return () => [
      field('filename', file.name),
      field('span', { start, end }),
      field('content', text),
      this.#definition(document),
    ];
  }

  #readItem(kind: ItemKind, name: string): Fields {
    const version = this.#version();
    const { document, file, span } = this.#locate(kind, name);
    const fields = this.#itemFields(file, file.text.slice(span.start, span.end), span, document);
    return () => [`"version":${version}`, ...fields()];
  }

  #addItem(kind: ItemKind): Fields {
    const isTrial = this.#isSet('validate');
    const version = this.#beforeItem(isTrial);
    const { item, text } = this.#snippet(kind);
    const main = this.#main();
    const file = { name: MAIN, text: `${main.text}\n\n${text}` };
    if (isTrial) return this.#diff(version, { files: [file], override: false }, 'active');
    return this.#pushItem(kind, item.name.text, file, text);
  }

  #replaceItem(kind: ItemKind, name: string): Fields {
    const isTrial = this.#isSet('validate');
    const version = this.#beforeItem(isTrial);
    const { item, text } = this.#snippet(kind);
    const { document, file, span } = this.#locate(kind, name);
    const changed = { name: file.name, text: replaced(file.text, span as Span, text) };
    const finalName = item.name.text;
    const renames: Renames = new Map(name === finalName ? [] : [[itemKey(kind.kind, finalName), name]]);
    if (isTrial) return this.#diff(version, { files: [changed], override: false, renames }, 'active');
    const otherwise = this.#itemFields(file, text, span, document);
    return this.#pushItem(kind, finalName, changed, text, renames, () => [`"version":${version}`, ...otherwise()]);
  }

  #deleteItem(kind: ItemKind, name: string): Fields {
    const isTrial = this.#isSet('validate');
    const version = this.#beforeItem(isTrial);
    const { file, span } = this.#locate(kind, name);
    const changed = { name: file.name, text: replaced(file.text, span as Span, '') };
    if (isTrial) return this.#diff(version, { files: [changed], override: false }, 'active');
    return this.#pushItem(kind, name, changed, file.text.slice(span.start, span.end));
  }

  #beforeItem(isTrial: boolean): bigint {
    const { model, auth } = this.#context.host;
    if (isTrial) return model.committedSchema(auth.scope).version;
    this.#mustWrite();
    return this.#version();
  }

  #main(): SchemaFile {
    return currentFiles(this.#context).find(({ name }) => name === MAIN) ?? { name: MAIN, text: '' };
  }

  /** Pushes one file, and answers with what has become of one of its items. */
  #pushItem(
    { kind }: ItemKind,
    name: string,
    file: SchemaFile,
    text: string,
    renames: Renames = new Map(),
    otherwise?: Fields,
  ): Fields {
    const written = push(this.#context, { files: [file], override: false, renames });
    const found = written.find(({ item }) => item.kind === kind && item.name.text === name);
    if (found === undefined) {
      if (otherwise === undefined) throw new Error('The item is in a file, but its push has changed nothing.');
      this.#changed();
      return otherwise;
    }
    return this.#changed(this.#itemFields(file, text, found.item.span, found.document));
  }
}

/** Where an item stands in a file that cannot be read as a whole. */
function nodeSpan({ name: filename, text }: SchemaFile, kind: string, name: string): Span | undefined {
  const nodes = parseSchemaNodes(text, filename);
  if (!nodes.ok) return undefined;
  return nodes.value.find((node) => node.keyword.text === kind && node.name?.text === name)?.span;
}

const unreadable = () =>
  invalid(`An unexpected error occurred during schema generation resulting in invalid schema
files. Please check your FSL files using the Fauna CLI tool.

Contact support via https://support.fauna.com if you need assistance.`);
