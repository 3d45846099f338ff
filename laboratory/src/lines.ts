/** Splits a stream of text into its lines, without their ends; empty lines are left out. */
import { createInterface } from 'node:readline';
import { type Readable } from 'node:stream';

/** An error of the stream ends the lines; handling it is up to the stream's own listeners. */
export function eachLine(stream: Readable, onLine: (line: string) => void): void {
  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  lines.on('error', () => lines.close());
  lines.on('line', (line) => {
    if (line !== '') {
      onLine(line);
    }
  });
}
