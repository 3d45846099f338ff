type Labels = Readonly<Record<string, string>>;

/** `cluster=west, team=shop`. */
export function textOfLabels(labels: Labels | undefined): string {
  return Object.entries(labels ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

/** Undefined where the text is no list of `name=value`. */
export function labelsOfText(text: string): Labels | undefined {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const pairs = parts.map((part) => /^([a-zA-Z_][a-zA-Z0-9_]*)="?([^"=]+)"?$/.exec(part));
  return pairs.some((pair) => pair === null)
    ? undefined
    : Object.fromEntries(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1], pair[2].trim()]])));
}
