import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { main } from './lib/main.mjs';

/** The folders and files of the SDKs that applications import. */
const published = /^(index|(custom|framework|lib\/build|nextjs|recipe|types|ui|utils)\/.*)\.(js|d\.ts)$/;

// Completes an alias package: for each module of the SDK that it stands for, one that re-exports it whole, except where the
// package has its own. Called in the package's folder, with the name under which the SDK is installed.
await main(async () => {
  const [sdk] = process.argv.slice(2);
  if (sdk === undefined) throw new Error('Say under which name the SDK is installed: re-export.mjs NAME.');
  const sdkFolder = dirname(createRequire(join(process.cwd(), 'package.json')).resolve(sdk));
  for (const file of filesOf(sdkFolder).filter((name) => published.test(name))) {
    const module = file.replace(/\.(js|d\.ts)$/, '');
    if (existsSync(join('src', `${module}.ts`))) continue;
    const content = file.endsWith('.js')
      ? `module.exports = require(${JSON.stringify(specifier(sdk, module))});\n`
      : declaration(specifier(sdk, module), readFileSync(join(sdkFolder, file), 'utf8'));
    write(join('dist', file), content);
  }
});

/**
 * @param {string} sdk
 * @param {string} module
 */
function specifier(sdk, module) {
  return module === 'index' ? sdk : `${sdk}/${module}.js`;
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
