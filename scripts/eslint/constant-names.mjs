/**
 * One convention for constants: a number, text, pattern or list that is written out at the top of a module has its name IN_UPPER_CASE. Functions,
 * components, and what a call makes keep names of their own; so do objects that stand for an enumeration, beside the type of the same name.
 */
const UPPER_CASE = /^_?[A-Z][A-Z0-9_]*$/;

/** @type {import('eslint').Rule.RuleModule} */
export const constantNames = {
  meta: {
    type: 'suggestion',
    messages: { rename: "'{{name}}' is a constant: write it in UPPER_CASE." },
    schema: [],
  },
  create: (context) => ({
    'Program > VariableDeclaration[kind="const"] > VariableDeclarator, Program > ExportNamedDeclaration > VariableDeclaration[kind="const"] > VariableDeclarator':
      ({ id, init }) => {
        if (id.type === 'Identifier' && isWrittenOut(init) && !UPPER_CASE.test(id.name)) {
          context.report({ node: id, messageId: 'rename', data: { name: id.name } });
        }
      },
  }),
};

function isWrittenOut(node) {
  switch (node?.type) {
    case 'Literal':
    case 'ArrayExpression':
      return true;
    case 'TemplateLiteral':
      return node.expressions.every(isWrittenOut);
    case 'UnaryExpression':
      return isWrittenOut(node.argument);
    case 'BinaryExpression':
      return isWrittenOut(node.left) && isWrittenOut(node.right);
    case 'Identifier':
      return UPPER_CASE.test(node.name);
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return isWrittenOut(node.expression);
    default:
      return false;
  }
}
