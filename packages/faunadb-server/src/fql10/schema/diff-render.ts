// Prints the differences between two schemas, in three forms.
import { annotate } from '../parse/diagnostic.js';
import type { Config, Member, SchemaItem } from '../parse/schema-ast.js';
import { NULL_SPAN, type Span } from '../parse/span.js';
import { ColoredText } from './colored-text.js';
import { type Change, type Diff, diffItem, type Element, itemOf, type ShownMigration } from './diff.js';
import { diffLines, type Row } from './line-diff.js';
import { configText, expressionText, pathText } from './print.js';

/** The form of a difference: by item and member, one line an item, or by line. */
export type DiffFormat = 'semantic' | 'summary' | 'textual';

/** The texts of files by their names. */
export type FileTexts = ReadonlyMap<string, string>;

/** How many lines are shown around changed lines. */
const AROUND = 3;
/** So many unchanged lines divide a difference. */
const DIVIDING = 7;

/**
 * Prints differences.
 *
 * @param tick called for each step of a search for differing lines
 */
export function renderDiffs(
  format: DiffFormat,
  { before, after, diffs }: { before: FileTexts; after: FileTexts; diffs: readonly Diff[] },
  isColored: boolean,
  tick: () => void,
): string {
  const renderer = new DiffRenderer(before, after, isColored);
  if (format === 'textual') renderer.files(tick);
  else for (const diff of [...diffs].sort(compareDiffs)) renderer.diff(diff, format === 'semantic');
  return renderer.text;
}

const CATEGORY = { add: 0, remove: 1, modify: 2 } as const;
const KINDS: readonly SchemaItem['kind'][] = ['collection', 'function', 'role', 'access provider'];

function compareDiffs(a: Diff, b: Diff): number {
  const [one, other] = [itemOf(a), itemOf(b)];
  return (
    CATEGORY[a.kind] - CATEGORY[b.kind] ||
    KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) ||
    (one.name.text < other.name.text ? -1 : one.name.text > other.name.text ? 1 : 0)
  );
}

const SECTIONS = ['Computed fields', 'Indexes', 'Constraints', 'Configuration'] as const;
type Section = (typeof SECTIONS)[number];

function sectionOfMember({ keyword }: Member): Section | undefined {
  if (keyword === 'index') return 'Indexes';
  if (keyword === 'unique' || keyword === 'check') return 'Constraints';
  return keyword === 'migrations' ? undefined : 'Configuration';
}

function sectionOfElement(element: Element): Section | undefined {
  if (element.kind === 'annotation') return 'Configuration';
  if (element.kind === 'member') return sectionOfMember(element.member);
  return element.field.kind === 'computed' ? 'Computed fields' : undefined;
}

/** Where a change of a collection is listed; nowhere if its migrations show it. */
function sectionOf(change: Change): Section | undefined {
  switch (change.kind) {
    case 'add':
    case 'remove':
    case 'modify':
      return sectionOfElement(change.element);
    case 'rename':
    case 'removeDefault':
      return 'Configuration';
    case 'block':
      return sectionOfMember(change.member);
    default:
      return undefined;
  }
}

/** An item without anything optional. */
function emptied(item: SchemaItem): SchemaItem {
  switch (item.kind) {
    case 'collection':
      return {
        ...item,
        alias: undefined,
        fields: [],
        migrations: undefined,
        indexes: [],
        uniques: [],
        checks: [],
        historyDays: undefined,
        ttlDays: undefined,
        documentTtls: undefined,
      };
    case 'function':
      return { ...item, alias: undefined, role: undefined };
    case 'role':
      return { ...item, privileges: [], membership: [] };
    case 'access provider':
      return { ...item, roles: [] };
  }
}

class DiffRenderer {
  readonly #before: FileTexts;
  readonly #after: FileTexts;
  readonly #out: ColoredText;
  #indent = 0;
  #atStart = false;

  constructor(before: FileTexts, after: FileTexts, isColored: boolean) {
    this.#before = before;
    this.#after = after;
    this.#out = new ColoredText(isColored);
  }

  get text(): string {
    return this.#out.text;
  }

  #write(text: string): void {
    if (this.#atStart && text !== '') for (let i = 0; i < this.#indent; i++) this.#out.append(' ');
    this.#out.append(text);
    this.#atStart = false;
  }

  #line(text = ''): void {
    this.#write(text);
    this.#write('\n');
    this.#atStart = true;
  }

  #colored(color: 'green' | 'red' | 'yellow', text: string): void {
    this.#out.select(color);
    this.#write(text);
    this.#out.reset();
    this.#line();
  }

  #indented(work: () => void): void {
    this.#indent += 2;
    work();
    this.#indent -= 2;
  }

  #place(span: Span, texts: FileTexts): void {
    const text = texts.get(span.source.name);
    if (text === undefined) {
      this.#out.append('<no source>');
      return;
    }
    const { line, column } = annotate(span, text, '', '^');
    this.#out.append(`${span.source.name}:${line}:${column}`);
  }

  // --- by item

  diff(diff: Diff, isWhole: boolean): void {
    if (diff.kind === 'modify') {
      this.#title(diff, isWhole);
      if (isWhole) this.#indented(() => this.#summary(diff));
      return;
    }
    const { item, kind } = diff;
    const [one, other] = kind === 'add' ? [emptied(item), item] : [item, emptied(item)];
    const content = isWhole ? diffItem(one, other) : undefined;
    this.#title(diff, content !== undefined);
    if (content !== undefined) this.#indented(() => this.#summary(content));
    else if (isWhole) this.#line();
  }

  #title(diff: Diff, hasColon: boolean): void {
    const { kind, name, span } = itemOf(diff);
    const [verb, preposition] = { add: ['Adding', 'to'], remove: ['Removing', 'from'], modify: ['Modifying', 'at'] }[
      diff.kind
    ] as [string, string];
    this.#out.bold();
    this.#out.select('blue');
    this.#write(`* ${verb} ${kind} \`${name.text}\``);
    this.#out.reset();
    this.#write(` ${preposition} `);
    if (diff.kind === 'modify') {
      this.#place(diff.after.span, this.#after);
      if (diff.before.span.source.name !== diff.after.span.source.name) {
        this.#write(' (previously defined at ');
        this.#place(diff.before.span, this.#before);
        this.#write(')');
      }
    } else this.#place(span, diff.kind === 'add' ? this.#after : this.#before);
    if (hasColon) this.#write(':');
    this.#line();
  }

  #summary({ before, changes, migrations }: Diff & { kind: 'modify' }): void {
    let isEmpty = true;
    const section = (title: string | undefined, work: () => void) => {
      isEmpty = false;
      if (title !== undefined) this.#line(`* ${title}:`);
      work();
      this.#line();
    };
    if (migrations.length > 0)
      section('Defined fields', () => {
        for (const migration of migrations) this.#migration(migration);
      });
    const all = (given: readonly Change[]) => () => {
      for (const change of given) this.#change(change);
    };
    if (before.kind === 'collection') {
      for (const title of SECTIONS) {
        const found = changes.filter((change) => sectionOf(change) === title);
        if (found.length > 0) section(title, all(found));
      }
    } else if (changes.length > 0) section(undefined, all(changes));
    if (!isEmpty) return;
    this.#line('No semantic changes.');
    this.#line();
  }

  #migration(migration: ShownMigration): void {
    switch (migration.kind) {
      case 'add':
        // Without a backfill value, no data changes.
        if (migration.value !== undefined)
          this.#colored(
            'green',
            `+ add field \`${pathText(migration.path)}\` with backfill \`${expressionText(migration.value)}\``,
          );
        break;
      case 'drop':
        this.#colored('red', `- drop field \`${pathText(migration.path)}\``);
        break;
      case 'move':
        this.#colored('yellow', `~ move field \`${pathText(migration.path)}\` to field \`${pathText(migration.to)}\``);
        break;
      case 'split':
        this.#split(migration);
        break;
      case 'move_conflicts':
        this.#colored('yellow', `~ move values with type conflicts into \`${pathText(migration.into)}\``);
        break;
      case 'move_wildcard': {
        const kept = migration.keep.map((key) => pathText({ elements: [{ key, span: NULL_SPAN }], span: NULL_SPAN }));
        const except = `except fields in the list \`[${kept.join(', ')}]\``;
        this.#colored('yellow', `~ move all fields into the field \`${pathText(migration.into)}\` ${except}`);
        break;
      }
      case 'add_wildcard':
        this.#colored('green', '+ add a top-level wildcard');
    }
  }

  #split({ path, targets }: ShownMigration & { kind: 'split' }): void {
    const into = targets.map((target) => `\`${pathText(target.path)}\``).join(',');
    this.#colored('yellow', `~ split field \`${pathText(path)}\` into fields ${into}`);
    this.#indented(() => {
      targets.forEach((target, i) => {
        const to = pathText(target.path);
        const where = to === pathText(path) ? 'the value stays in field' : 'the value moves to field';
        this.#line(`- ${i === 0 ? '' : 'else '}if the value matches type \`${target.type}\`, ${where} \`${to}\``);
      });
    });
    for (const target of targets) {
      if (target.value !== undefined)
        this.#colored(
          'yellow',
          `+ backfill field \`${pathText(target.path)}\` with value \`${expressionText(target.value)}\``,
        );
    }
  }

  #change(change: Change): void {
    switch (change.kind) {
      case 'add':
        this.#colored('green', `+ add ${elementText(change.element)}`);
        break;
      case 'remove':
        this.#colored('red', `- remove ${elementText(change.element)}`);
        break;
      case 'rename':
        this.#colored('yellow', `~ rename to \`${change.to.text}\``);
        break;
      case 'modify':
        this.#colored('yellow', `~ change ${changedText(change.element, change.config)}`);
        break;
      case 'block':
        this.#colored('yellow', `~ change ${memberText(change.member)}`);
        this.#indented(() => {
          for (const each of change.changes) this.#change(each);
        });
        break;
      case 'body':
      case 'signature':
        this.#colored('yellow', `~ change ${change.kind}`);
        break;
      case 'removeDefault':
        this.#colored('red', `- remove default value from field \`.${change.field.name.text}\``);
        break;
      case 'type':
        // Migrations show it.
        break;
    }
  }

  // --- by line

  files(tick: () => void): void {
    const names = [...new Set([...this.#before.keys(), ...this.#after.keys()])].sort();
    let isFirst = true;
    for (const name of names) {
      const [before, after] = [this.#before.get(name) ?? '', this.#after.get(name) ?? ''];
      if (before === after) continue;
      if (!isFirst) this.#line();
      isFirst = false;
      this.#out.bold();
      this.#write(name);
      this.#out.reset();
      this.#line();
      this.#hunks(diffLines(before, after, tick));
    }
  }

  #hunks(rows: readonly Row[]): void {
    let row = 0;
    let afterLine = 0;
    while (row < rows.length) {
      let distance = 0;
      while (rows[row + distance]?.kind === 'equal') distance++;
      // The length of the hunk in rows, and in lines of the later text.
      let length = 0;
      let lines = 0;
      let unchanged = 0;
      for (let at = row + distance; at < rows.length && unchanged < DIVIDING; at++) {
        const { kind } = rows[at] as Row;
        if (kind === 'equal') unchanged++;
        else {
          length += unchanged + 1;
          lines += unchanged + (kind === 'delete' ? 0 : 1);
          unchanged = 0;
        }
      }
      if (length === 0) return;
      const start = Math.max(0, row + distance - AROUND);
      const end = Math.min(rows.length, row + distance + length + AROUND);
      const startLine = Math.max(0, afterLine + distance - AROUND);
      const endLine = Math.min(rows.length, afterLine + distance + lines + AROUND);
      this.#out.select('cyan');
      this.#write(`@ line ${startLine + 1} to ${endLine}`);
      this.#out.reset();
      this.#line();
      for (const each of rows.slice(start, end)) this.#row(each);
      row = end;
      afterLine = endLine;
    }
  }

  #row(row: Row): void {
    const line = (prefix: string, text: string) => {
      const isBlank = text === '' && prefix === ' ';
      if (!isBlank) this.#write(text === '' ? prefix : `${prefix} ${text}`);
      this.#out.reset();
      this.#line();
    };
    if (row.kind === 'equal') line(' ', row.text);
    if (row.kind === 'delete' || row.kind === 'change') {
      this.#out.select('red');
      line('-', row.kind === 'change' ? row.before : row.text);
    }
    if (row.kind === 'insert' || row.kind === 'change') {
      this.#out.select('green');
      line('+', row.kind === 'change' ? row.after : row.text);
    }
  }
}

function elementText(element: Element): string {
  if (element.kind === 'annotation')
    return `${element.annotation.keyword} set to ${valueText(element.annotation.config)}`;
  if (element.kind === 'member') return memberText(element.member);
  const { kind, name, span } = element.field;
  if (kind === 'wildcard') return span === NULL_SPAN ? 'implicit wildcard' : 'wildcard';
  return `${kind === 'computed' ? 'computed field' : 'field'} \`${name.text}\``;
}

function memberText(member: Member): string {
  const { config } = member;
  const title = memberTitle(member);
  if (member.keyword === 'unique') return title + valueText(config);
  if (['optional', 'block', 'check', 'migrations'].includes(config.kind)) return title;
  return `${title} set to ${valueText(config)}`;
}

function memberTitle({ keyword, name }: Member): string {
  const quoted = name === undefined ? '' : `\`${name.text}\``;
  switch (keyword) {
    case 'unique':
      return 'unique constraint on ';
    case 'check':
      return `check constraint ${quoted}`;
    case 'membership':
    case 'privileges':
      return `${keyword} on ${quoted}`;
    default:
      return name === undefined ? keyword : `${keyword} ${quoted}`;
  }
}

function changedText(element: Element, after: Config): string {
  if (element.kind !== 'member') return elementText(element);
  const { member } = element;
  return memberTitle(member) + configChange(member.config, after);
}

function configChange(before: Config, after: Config): string {
  if (before.kind === 'optional' && after.kind === 'optional') {
    const [was, is] = [before.predicate, after.predicate];
    if (was !== undefined && is !== undefined) return ` by modifying${configChange(was, is)}`;
    if (is !== undefined) return ` by adding ${valueText(is)}`;
    return was === undefined ? '' : ` by removing ${valueText(was)}`;
  }
  if (before.kind === 'check') return ' body';
  if (before.kind === 'predicate') return ' its predicate';
  if (before.kind === 'migrations') return '';
  return ` from ${valueText(before)} to ${valueText(after)}`;
}

/** A value in a sentence. */
function valueText(config: Config): string {
  switch (config.kind) {
    case 'block':
    case 'check':
      return '';
    case 'predicate':
      return 'a predicate';
    case 'optional':
      return config.predicate === undefined ? '' : valueText(config.predicate);
    default:
      return configText(config);
  }
}
