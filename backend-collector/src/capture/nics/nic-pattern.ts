import { CollectorError } from '../../errors';

export interface NicSelection {
  readonly selects: (name: string) => boolean;
  /** True when every NIC is selected. */
  readonly all: boolean;
}

/**
 * NIC name patterns with `*` and `?`. `!pattern` excludes; without any including pattern all others are in.
 * Throws `CollectorError('config')` for an empty pattern.
 */
export function nicSelection(patterns: readonly string[]): NicSelection {
  const included: RegExp[] = [];
  const excluded: RegExp[] = [];
  for (const pattern of patterns) {
    const negated = pattern.startsWith('!');
    const glob = negated ? pattern.slice(1) : pattern;
    if (glob === '') {
      throw new CollectorError(
        'config',
        `"${pattern}" is not a NIC pattern: use a name or a pattern such as "eth*" or "!veth*".`
      );
    }
    (negated ? excluded : included).push(toRegExp(glob));
  }
  const matches = (expressions: readonly RegExp[], name: string): boolean => expressions.some((e) => e.test(name));
  return {
    selects: (name) => (included.length === 0 || matches(included, name)) && !matches(excluded, name),
    all: patterns.length === 0,
  };
}

function toRegExp(glob: string): RegExp {
  const body = glob
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${body}$`, 's');
}
