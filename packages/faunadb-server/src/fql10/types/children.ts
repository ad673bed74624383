import type { Expression, Link } from '../parse/ast.js';

const argumentsOf = (link: Link): readonly Expression[] =>
  link.kind === 'apply' || link.kind === 'method' || link.kind === 'access' ? link.arguments : [];

/** The expressions directly inside an expression, in the order of the text. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'identifier':
    case 'literal':
      return [];
    case 'template':
      return expression.parts.filter((part) => typeof part !== 'string');
    case 'if': {
      const { condition, then, otherwise } = expression;
      return otherwise ? [condition, then, otherwise] : [condition, then];
    }
    case 'at':
      return [expression.time, expression.body];
    case 'match':
      return [expression.subject, ...expression.branches.map(([, branch]) => branch)];
    case 'lambda':
      return [expression.body];
    case 'operator':
      return expression.right ? [expression.left, expression.right] : [expression.left];
    case 'chain':
      return [expression.head, ...expression.links.flatMap(argumentsOf)];
    case 'project':
      return [expression.subject, ...expression.fields.map(([, field]) => field)];
    case 'projectAll':
      return [expression.subject];
    case 'object':
      return expression.fields.map(([, field]) => field);
    case 'tuple':
    case 'array':
      return expression.elements;
    case 'block':
      return expression.statements.map((each) => (each.kind === 'let' ? each.value : each.expression));
  }
}
