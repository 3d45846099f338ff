import { assertUnreachable } from '@bpfnet/flow-model/unreachable';

/** Why a panel has nothing to draw. Each kind has one sentence that says what is wrong and one that says what to do. */
export type DataProblem =
  | { readonly kind: 'no-frames' }
  | { readonly kind: 'wrong-frame'; readonly wanted: string; readonly got: readonly string[] }
  | { readonly kind: 'missing-field'; readonly frame: string; readonly field: string }
  | { readonly kind: 'bad-value'; readonly frame: string; readonly field: string; readonly row: number }
  /** `because`: the datasource's own reason, a whole sentence. */
  | { readonly kind: 'no-rows'; readonly what: string; readonly because?: string }
  | { readonly kind: 'query-failed'; readonly message: string };

interface ProblemText {
  readonly title: string;
  readonly advice: string;
  /** Nothing is broken; there is nothing to show. */
  readonly quiet: boolean;
}

export function problemText(problem: DataProblem): ProblemText {
  switch (problem.kind) {
    case 'no-frames':
      return {
        title: 'The query returned no data.',
        advice: 'Check that the query names a request or a connection and that the time range contains it.',
        quiet: true,
      };
    case 'wrong-frame':
      return {
        title: `This panel needs a frame "${problem.wanted}" but got ${problem.got.map((g) => `"${g}"`).join(', ')}.`,
        advice: 'Select the BPF network flows datasource and the query type for this panel.',
        quiet: false,
      };
    case 'missing-field':
      return {
        title: `The frame "${problem.frame}" has no field "${problem.field}".`,
        advice: 'Remove transformations that rename or hide fields, or update the app so that its parts match.',
        quiet: false,
      };
    case 'bad-value':
      return {
        title: `The frame "${problem.frame}" has an unreadable value in "${problem.field}" (row ${problem.row + 1}).`,
        advice: 'Remove transformations that change field types, or update the app so that its parts match.',
        quiet: false,
      };
    case 'no-rows':
      return {
        title: `No ${problem.what} in this time range.`,
        advice: problem.because ?? 'Widen the time range, or check that the collector ran on the hosts along the path.',
        quiet: true,
      };
    case 'query-failed':
      return { title: 'The query failed.', advice: problem.message, quiet: false };
    default:
      return assertUnreachable(problem);
  }
}

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: DataProblem };

export const failed = (problem: DataProblem): { readonly ok: false; readonly problem: DataProblem } => ({
  ok: false,
  problem,
});
