import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const docs = fileURLToPath(new URL('../../../../docs', import.meta.url));
const folder = fileURLToPath(new URL('../snippets', import.meta.url));

/** What a guide shows. */
export interface Guide {
  /** Its modules, written out: the path of each by the name in its first line. */
  readonly modules: ReadonlyMap<string, string>;
  /** Its commands. */
  readonly commands: readonly string[];
}

/** The snippets of a guide, its modules written to a folder that git ignores. */
export async function guide(name: string): Promise<Guide> {
  const text = await readFile(join(docs, name), 'utf8');
  const target = join(folder, basename(name, '.md'));
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const modules = new Map<string, string>();
  const commands: string[] = [];
  for (const [, language, code = ''] of text.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
    if (language === 'sh') commands.push(...code.trim().split('\n'));
    if (language !== 'ts' && language !== 'tsx') continue;
    const file = /^\/\/ ([\w.-]+\.tsx?)\n/.exec(code)?.[1];
    if (file === undefined) throw new Error(`a snippet of ${name} does not say its file's name`);
    modules.set(file, join(target, file));
    await writeFile(join(target, file), code);
  }
  return { modules, commands };
}
