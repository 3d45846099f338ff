import { defineConfig } from 'eslint/config';
import baseConfig from './.config/eslint.config.mjs';
import { constantNames } from './scripts/eslint/constant-names.mjs';

export default defineConfig([
  {
    ignores: [
      '**/node_modules/',
      '**/dist/',
      '**/dist-test-*/',
      '**/coverage/',
      '.config/',
      'testdata/',
      '.bpfnet/',
      'test-results/',
    ],
  },
  ...baseConfig,
  {
    files: ['**/*.{ts,tsx}'],
    plugins: { bpfnet: { rules: { 'constant-names': constantNames } } },
    rules: {
      'bpfnet/constant-names': 'error',
      // A const object and the type of its values share a name.
      'no-redeclare': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['@grafana/runtime/unstable'], message: 'It changes without notice between Grafana releases.' },
          ],
        },
      ],
    },
  },
  {
    files: ['scripts/**', '**/bench/**'],
    rules: { 'no-console': 'off' },
  },
  {
    // Node code and tests are not React code.
    files: [
      'flow-model/**',
      'backend-collector/**',
      'embedded-loki/**',
      'laboratory/**',
      'workbench/src/server/**',
      'e2e/**',
      'scripts/**',
    ],
    rules: { 'react-hooks/rules-of-hooks': 'off' },
  },
]);
