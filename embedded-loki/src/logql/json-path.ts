/** Paths of `| json label="a.b[0][\"c d\"]"`. */
import { type JsonPath } from './ast';

const STEP = /\.?([A-Za-z_][\w-]*)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/y;

export function parseJsonPath(text: string): JsonPath | undefined {
  const path: Array<string | number> = [];
  let position = 0;
  while (position < text.length) {
    STEP.lastIndex = position;
    const match = STEP.exec(text);
    if (match === null || (match[1] !== undefined && path.length > 0 !== match[0].startsWith('.'))) {
      return undefined;
    }
    if (match[2] !== undefined) {
      path.push(Number(match[2]));
    } else {
      path.push(match[1] ?? match[3].replace(/\\(.)/g, '$1'));
    }
    position = STEP.lastIndex;
  }
  return path.length === 0 ? undefined : path;
}
