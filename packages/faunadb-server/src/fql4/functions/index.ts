import type { ApiVersion } from '../../values/api-version.js';
import { FormTable } from '../evaluate/form-table.js';
import { API_VERSION } from '../wire/language-version.js';
import { arrayFunctions } from './arrays.js';
import { basicFunctions } from './basic.js';
import { booleanFunctions } from './booleans.js';
import { conversionFunctions } from './conversions.js';
import { foldFunctions } from './folds.js';
import { identityFunctions } from './identity.js';
import { numberFunctions } from './numbers/index.js';
import { objectFunctions } from './objects.js';
import { paginationFunctions } from './pagination.js';
import { readFunctions } from './reads.js';
import { reduceFunctions } from './reduce.js';
import { schemaRefFunctions } from './schema-refs.js';
import { selectFunctions } from './select.js';
import { setFunctions } from './sets.js';
import { stringFunctions } from './strings/index.js';
import { timeFunctions } from './time/index.js';
import { typeCheckFunctions } from './typechecks.js';
import { writeFunctions } from './writes.js';

const tables = new Map<ApiVersion, FormTable>();

/** All functions of a version of the language. Created on first use: groups refer to each other through the parser. */
export function formTable(version: ApiVersion = API_VERSION): FormTable {
  const made = tables.get(version);
  if (made) return made;
  const table = new FormTable(
    [
      ...arrayFunctions,
      ...basicFunctions,
      ...booleanFunctions,
      ...conversionFunctions,
      ...foldFunctions,
      ...identityFunctions,
      ...numberFunctions,
      ...objectFunctions,
      ...paginationFunctions,
      ...readFunctions,
      ...reduceFunctions,
      ...schemaRefFunctions,
      ...selectFunctions,
      ...setFunctions,
      ...stringFunctions,
      ...timeFunctions,
      ...typeCheckFunctions,
      ...writeFunctions,
    ],
    version,
  );
  tables.set(version, table);
  return table;
}
