import { type DataProblem } from '../data-error';

/** What a user typed cannot be asked for. */
export class BadFilter extends Error {
  constructor(readonly problem: DataProblem) {
    super(problem.kind);
  }
}
