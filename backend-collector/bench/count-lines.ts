import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** Lines of a file that hold a text; with none given, all lines. */
export async function countLines(file: string, text = ''): Promise<number> {
  let count = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    count += line.includes(text) ? 1 : 0;
  }
  return count;
}
