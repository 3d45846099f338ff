import { importFaults } from '../check-imports';
import { staleFiles } from '../generate';

it('imports go one way, as the table says', () => {
  expect(importFaults()).toEqual([]);
});

it('generated files are what the code makes', () => {
  expect(staleFiles()).toEqual([]);
});
