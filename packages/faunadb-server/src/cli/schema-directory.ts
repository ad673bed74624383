// A directory of schema files, pushed when the server starts and when they change.
import { watch } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { reasonOf } from '@supertokens-faunadb/store';
import type { SchemaFile } from '../server/fauna-server.js';

/** How long the files must rest after a change, in ms: editors write in several steps. */
const REST = 50;

/** The files in a directory and those below it whose names end with `.fsl`. @throws {Error} if there are none */
export async function readSchemaDirectory(directory: string): Promise<SchemaFile[]> {
  try {
    if (!(await stat(directory)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    const paths = await readdir(directory, { recursive: true });
    const names = paths.filter((path) => path.endsWith('.fsl')).sort();
    const files = names.map(async (name) => ({
      name: name.split(sep).join('/'),
      text: await readFile(join(directory, name), 'utf8'),
    }));
    if (files.length > 0) return await Promise.all(files);
  } catch (error) {
    throw new Error(
      `The schema in ${directory} cannot be read, because ${reasonOf(error)}: give a directory of .fsl files.`,
    );
  }
  // Pushing no file at all would delete the schema.
  throw new Error(`There are no .fsl files in ${directory}: give a directory of .fsl files.`);
}

/** Calls `changed` whenever files in a directory have changed, never twice at once. @returns what ends it */
export function watchDirectory(
  directory: string,
  changed: () => Promise<void>,
  failed: (error: Error) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isOver = false;
  const run = () => {
    const next = (running ?? Promise.resolve()).then(() => (isOver ? undefined : changed())).catch(failed);
    running = next;
  };
  const watcher = watch(directory, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(run, REST);
  });
  watcher.on('error', failed);
  return () => {
    isOver = true;
    clearTimeout(timer);
    watcher.close();
  };
}
