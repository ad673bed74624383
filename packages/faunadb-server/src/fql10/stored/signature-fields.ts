/** The field of a function's document that contains its type, as the check of the schema has found it. */
export const FUNCTION_TYPE = 'internal_sig';
/** The field of a collection's document that contains the types of its computed fields, as an object type. */
export const COMPUTED_TYPES = 'internal_signatures';
