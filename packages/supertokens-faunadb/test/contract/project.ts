import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const run = promisify(execFile);

/** The packages in the place of SDKs, and what they are built from. */
const aliases = ['supertokens-node', 'supertokens-website', 'supertokens-auth-react'];

/**
 * An application's folder, in which the SDKs' names are the alias packages, as `"supertokens-node": "npm:…"` would install
 * them: one copy of everything, reached by links. Node and bundlers need options to keep the links' own paths.
 */
export class Project {
  private constructor(readonly folder: string) {}

  /** Builds the packages, so that they are those of the sources, and lays the folder. */
  static async create(): Promise<Project> {
    for (const workspace of ['supertokens-faunadb', ...aliases.map((sdk) => `${sdk}-faunadb`)]) {
      await run('npm', ['run', 'build', '--silent', '--workspace', workspace], { cwd: root });
    }
    const project = new Project(await mkdtemp(join(tmpdir(), 'contract-')));
    const modules = join(project.folder, 'node_modules');
    await mkdir(modules);
    const link = (name: string, target: string) => symlink(target, join(modules, name), 'junction');
    const installed = join(root, 'node_modules');
    for (const sdk of aliases) await link(sdk, await realpath(join(installed, `${sdk}-faunadb`)));
    for (const name of await readdir(installed)) {
      if (!name.startsWith('.') && !aliases.includes(name)) await link(name, join(installed, name));
    }
    return project;
  }

  /** Writes the application's files. */
  async write(files: Record<string, string>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      const file = join(this.folder, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }

  /** The folder's own `tsc`. */
  async compile(...args: string[]): Promise<void> {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    await run(process.execPath, [tsc, ...args], { cwd: this.folder }).catch(({ stdout }) => {
      throw new Error(stdout);
    });
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
