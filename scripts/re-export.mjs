import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { main } from './lib/main.mjs';

/** The folders and files of the SDKs that applications import. */
const published = /^(index|(custom|framework|lib\/build|nextjs|recipe|types|ui|utils)\/.*)\.(js|d\.ts)$/;

// Completes an alias package: for each module of its SDK, writes a module at the same path that re-exports everything,
// unless the package has its own. Run in the package's folder, with the name under which the SDK is installed.
await main(async () => {
  const [sdk] = process.argv.slice(2);
  if (sdk === undefined) throw new Error('Give the name under which the SDK is installed: re-export.mjs NAME.');
  const sdkFolder = dirname(createRequire(join(process.cwd(), 'package.json')).resolve(sdk));
  const theirs = filesOf(sdkFolder).filter((name) => published.test(name));
  for (const file of theirs) {
    const module = moduleOf(file);
    if (isOurs(module)) continue;
    const content = file.endsWith('.js')
      ? requiring(specifier(sdk, module))
      : declaration(specifier(sdk, module), readFileSync(join(sdkFolder, file), 'utf8'));
    write(file, content);
  }

  // "exports" can only name files, so a folder of lib/ that applications import gets a file beside it.
  const modules = new Set([...theirs, ...filesOf('src')].map(moduleOf));
  for (const index of modules) {
    const folder = /^(lib\/.+)\/index$/.exec(index)?.[1];
    if (folder === undefined || modules.has(folder) || !existsSync(`${index}.d.ts`)) continue;
    const from = `./${folder.split('/').at(-1)}/index.js`;
    write(`${folder}.js`, requiring(from));
    write(`${folder}.d.ts`, declaration(from, readFileSync(`${index}.d.ts`, 'utf8')));
  }
});

/** @param {string} module */
function isOurs(module) {
  return existsSync(join('src', `${module}.ts`));
}

/** @param {string} file */
function moduleOf(file) {
  return file.replace(/(\.d)?\.[jt]s$/, '');
}

/**
 * @param {string} sdk
 * @param {string} module
 */
function specifier(sdk, module) {
  return module === 'index' ? sdk : `${sdk}/${module}.js`;
}

/** @param {string} from */
function requiring(from) {
  return `module.exports = require(${JSON.stringify(from)});\n`;
}

/**
 * @param {string} from
 * @param {string} original
 */
function declaration(from, original) {
  const hasDefault = /^\s*export default |\bas default\b|\bdefault\s*}/m.test(original);
  return `export * from '${from}';\n${hasDefault ? `export { default } from '${from}';\n` : ''}`;
}

/** @param {string} folder */
function filesOf(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      relative(folder, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join('/'),
    );
}

/**
 * @param {string} file
 * @param {string} content
 */
function write(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
