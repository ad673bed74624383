import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The published documentation of the old integration, where it lies beside the checkout. */
const file = fileURLToPath(new URL('../../../../../shared/contract.txt', import.meta.url));

export const hasContract = existsSync(file);

/** The code in that documentation, by what it is about. */
export interface Snippets {
  readonly configuration: string;
  readonly login: string;
  readonly api: string;
  readonly type: string;
  readonly react: string;
  readonly website: string;
}

/**
 * Reads the snippets out of the running text. They begin where a line first imports something, in whatever prose the line
 * began with, and end before the next line of prose.
 */
export function readSnippets(): Snippets {
  const snippets: string[][] = [];
  let current: string[] | undefined;
  let inImports = false;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const code = /(?:(?:let|const|var) .*= require\(|import .* from ).*$/.exec(line)?.[0];
    if (code !== undefined) {
      if (!inImports) {
        current = [];
        snippets.push(current);
      }
      current?.push(code);
    } else if (isProse(line)) {
      current = undefined;
    } else {
      current?.push(line);
    }
    inImports = code !== undefined && current !== undefined;
  }
  const texts = snippets.map((lines) => lines.join('\n'));
  const about = (words: string): string => {
    const found = texts.find((text) => text.includes(words));
    if (found === undefined) throw new Error(`The documentation has no snippet with ${words}.`);
    return found;
  };
  return {
    configuration: about('RecipeImplementation'),
    login: about('createNewSession'),
    api: about('getFaunadbToken'),
    type: about('SessionContainer'),
    react: about('supertokens-auth-react'),
    website: about('supertokens-website'),
  };
}

/** Fills in what a snippet leaves to its reader: lines that are only dots, and the given placeholders. */
export function fillIn(snippet: string, placeholders: Record<string, string>): string {
  const lines = snippet.split('\n').filter((line) => line.trim() !== '...');
  return Object.entries(placeholders).reduce((text, [placeholder, value]) => {
    if (!text.includes(placeholder)) throw new Error(`The snippet has no placeholder ${placeholder}.`);
    return text.replace(placeholder, () => value);
  }, lines.join('\n'));
}

/** Mends the one slip of the documentation: `await` in a function that is not async. */
export function mendAsync(snippet: string): string {
  return snippet.replace(/(?<!async )function \(req, res\)/, 'async function (req, res)');
}

function isProse(line: string): boolean {
  return /^(\d\uFE0F?\u20E3|[A-Z]\w* )/.test(line);
}
