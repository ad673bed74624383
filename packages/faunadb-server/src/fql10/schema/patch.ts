// Edits the texts of schema files so that they say what a schema has become, and otherwise stay as they were written.
import type { TypeExpression } from '../parse/ast.js';
import type { Config, SchemaItem } from '../parse/schema-ast.js';
import { NULL_SOURCE, NULL_SPAN, type Span } from '../parse/span.js';
import { type Change, type Diff, diffItems, type Element, fieldValue, itemOf } from './diff.js';
import { linesOf } from './line-diff.js';
import { itemsOfAll } from './parsed-files.js';
import {
  annotationText,
  configText,
  expressionText,
  fieldText,
  itemText,
  memberText,
  signatureText,
  typeText,
} from './print.js';

/** Edits files, all of which can be read, so that they describe these items; what is in no file yet goes to `main`. */
export function describing(
  main: string,
  files: ReadonlyMap<string, string>,
  items: readonly SchemaItem[],
): ReadonlyMap<string, string> {
  let patched = files;
  // A second time, since a wildcard that was there without a word may have to be written once fields are added.
  for (let i = 0; i < 2; i++) {
    const before = itemsOfAll([...patched].map(([name, text]) => ({ name, text })));
    const diffs = before.errors.length > 0 ? [] : diffItems(before.items, items);
    if (diffs.length === 0) break;
    patched = patchFiles(main, patched, diffs);
  }
  return patched;
}

/** Applies differences to files; what is in no file yet goes to `main`. */
function patchFiles(
  main: string,
  files: ReadonlyMap<string, string>,
  diffs: readonly Diff[],
): ReadonlyMap<string, string> {
  const byFile = new Map<string, Diff[]>();
  for (const diff of diffs) {
    const { source } = itemOf(diff).span;
    const file = source === NULL_SOURCE || source.name === NULL_SOURCE.name ? main : source.name;
    const group = byFile.get(file);
    if (group === undefined) byFile.set(file, [diff]);
    else group.push(diff);
  }
  const patched = new Map(files);
  for (const [file, group] of byFile) patched.set(file, patchText(patched.get(file) ?? '', group));
  return patched;
}

// From the end to the start, so that the positions of what is left stay right.
function patchText(text: string, diffs: readonly Diff[]): string {
  const ends = (diff: Diff) => (diff.kind === 'add' ? 0 : itemOf(diff).span.end);
  return [...diffs].sort((a, b) => ends(b) - ends(a)).reduce(patchOne, text);
}

function patchOne(text: string, diff: Diff): string {
  switch (diff.kind) {
    case 'add': {
      if (text.trim() === '') return itemText(diff.item);
      const lastLine = text.slice(Math.max(0, text.lastIndexOf('\n')));
      return `${text}\n${lastLine.trim() === '' ? '' : '\n'}${itemText(diff.item)}`;
    }
    case 'remove':
      return replaced(text, diff.item.span, '');
    case 'modify': {
      const { span, docComment } = diff.before;
      return applyChanges(text, diff.changes, docComment ? { ...span, start: docComment.end } : span, 0);
    }
  }
}

const spanOf = (element: Element): Span =>
  element.kind === 'annotation'
    ? element.annotation.span
    : element.kind === 'field'
      ? element.field.span
      : element.member.span;

/** Where the value of an element stands. */
function valueSpan(element: Element): Span {
  if (element.kind === 'annotation') return element.annotation.config.span;
  if (element.kind === 'member') return element.member.config.span;
  return fieldValue(element.field)?.span ?? NULL_SPAN;
}

function applyChanges(text: string, changes: readonly Change[], span: Span, level: number): string {
  const end = (change: Change): number => {
    switch (change.kind) {
      case 'add':
        return change.element.kind === 'annotation' ? span.start : span.end;
      case 'rename':
        return change.from.span.end;
      case 'remove':
      case 'modify':
        return spanOf(change.element).end;
      case 'block':
        return change.member.span.end;
      case 'body':
      case 'signature':
        return change.before.span.end;
      case 'type':
      case 'removeDefault':
        return change.field.span.end;
    }
  };
  const added = changes.flatMap((change) => (change.kind === 'add' ? [change.element] : []));
  const members = added.filter(({ kind }) => kind !== 'annotation');
  const annotations = added.filter(({ kind }) => kind === 'annotation');
  const others = changes.filter(({ kind }) => kind !== 'add').sort((a, b) => end(b) - end(a));
  let patched = insert(text, members, endOfBlock(text, span), level);
  for (const change of others) patched = applyChange(patched, change, level);
  return insert(patched, annotations, span.start, level);
}

/** Where the block of an item or a member ends, after which there may be blanks, semicolons and comments. */
function endOfBlock(text: string, { start, end }: Span): number {
  const last = text.slice(start, end).search(/\}(?:[ \t;]|\/\*(?:[^*]|\*(?!\/))*\*\/)*$/);
  return last < 0 ? end - 1 : start + last;
}

function applyChange(text: string, change: Change, level: number): string {
  switch (change.kind) {
    case 'rename':
      return replaced(text, change.from.span, change.to.text);
    case 'modify':
      return modify(text, change.element, change.config, level);
    case 'remove':
      return replaced(text, spanOf(change.element), '');
    case 'block':
      return applyChanges(text, change.changes, change.member.span, level + 1);
    case 'signature':
      return replaced(text, change.before.span, signatureText(change.after));
    case 'body':
      return replaced(text, change.before.span, expressionText(change.after));
    case 'type':
      return replaceType(text, change.field.type, change.field.name.span, change.after);
    case 'removeDefault': {
      const { type, name } = change.field;
      const value = fieldValue(change.field)?.span as Span;
      return replaced(text, { ...value, start: (type?.span ?? name.span).end }, '');
    }
    case 'add':
      return text;
  }
}

function replaceType(text: string, before: TypeExpression | undefined, name: Span, after: TypeExpression): string {
  if (before !== undefined) return replaced(text, before.span, typeText(after));
  return replaced(text, { ...name, start: name.end }, `: ${typeText(after)}`);
}

const indentOf = (element: Element, level: number): string =>
  element.kind === 'annotation' ? '' : '  '.repeat(level + 1);

function textOf(element: Element): string {
  switch (element.kind) {
    case 'annotation':
      return annotationText(element.annotation);
    case 'field':
      return fieldText(element.field);
    case 'member':
      return memberText(element.member);
  }
}

/** Inserts elements on lines of their own, the last one first. */
function insert(text: string, elements: readonly Element[], at: number, level: number): string {
  const [first] = elements;
  if (first === undefined) return text;
  const before = text.slice(0, at).trimEnd();
  const after = text.slice(at);
  const lines = elements.toReversed().map((element) => {
    const indent = indentOf(element, level);
    return indent + indented(textOf(element), indent);
  });
  const rest = startsWithLine(after) ? after : `\n${indentOf(first, level - 1)}${after}`;
  return `${before === '' ? '' : `${before}\n`}${lines.join('\n')}${rest}`;
}

/** Lines, of which all but the first are indented. */
const indented = (text: string, indent: string): string => linesOf(text).join(`\n${indent}`);

function modify(text: string, element: Element, config: Config, level: number): string {
  const indent = indentOf(element, level);
  const printed = indented(configText(config), indent);
  if (element.kind === 'member' && element.member.keyword === 'migrations')
    return replaced(text, element.member.span, `migrations ${printed}`);
  const span = valueSpan(element);
  if (span.source.name !== NULL_SOURCE.name) return replaced(text, span, printed);
  const end = spanOf(element).end;
  return replaced(text, { ...spanOf(element), start: end }, `${element.kind === 'field' ? ' = ' : ' '}${printed}`);
}

const startsWithLine = (text: string): boolean => /^[\t ]*\n/.test(text);

/** Replaces a part of a text. Removing it removes the blanks and lines around it; lines are indented as it was. */
export function replaced(text: string, { start, end }: Span, by: string): string {
  const [before, after] = [text.slice(0, start), text.slice(end)];
  if (by === '') return startsWithLine(after) ? before.trimEnd() + after : before + after.trimStart();
  const indent = by.includes('\n') ? /\n([\t ]*)$/.exec(before)?.[1] : undefined;
  return before + (indent === undefined ? by : by.replace(/\n(?=[\t ]*\S)/g, `\n${indent}`)) + after;
}
