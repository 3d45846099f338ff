/** Splits a stream of text into its lines, without their ends; empty lines are left out. */
import { createInterface } from 'node:readline';
import { type Readable } from 'node:stream';

export function eachLine(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
    if (line !== '') {
      onLine(line);
    }
  });
}
