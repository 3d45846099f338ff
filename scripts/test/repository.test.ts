import path from 'node:path';
import { importFaults } from '../check-imports';
import { staleFiles } from '../generate';
import { readTree } from '../source-tree';

it('imports go one way, as the table says, and nothing is there for nobody', () => {
  expect(importFaults(readTree(path.join(__dirname, '../..')))).toEqual([]);
});

it('generated files are what the code makes', () => {
  expect(staleFiles()).toEqual([]);
});
