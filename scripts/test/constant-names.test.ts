import { Linter } from 'eslint';
import { constantNames } from '../eslint/constant-names.mjs';

function messages(code: string): readonly string[] {
  const plugins = { bpfnet: { rules: { 'constant-names': constantNames } } };
  return new Linter()
    .verify(code, { plugins, rules: { 'bpfnet/constant-names': 'error' } })
    .map(({ message }) => message);
}

it.each([
  'const maxRows = 200;',
  'export const retireMs = 2 * 10;',
  "const names = ['a'];",
  'const idle = -1;',
  'const SIZE = 2; const half = SIZE / 2;',
])('wants %s in upper case', (code) => {
  expect(messages(code)).toEqual([expect.stringMatching(/^'\w+' is a constant: write it in UPPER_CASE\.$/)]);
});

it.each([
  'const MAX_ROWS = 200;',
  'const now = Date.now();',
  'const run = () => 1;',
  'function f() { const at = 1; return at; }',
])('takes %s as it is', (code) => {
  expect(messages(code)).toEqual([]);
});
