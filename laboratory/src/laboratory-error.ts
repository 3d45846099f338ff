/** Why the laboratory did not start or does not answer, in one line for the user. */
export class LaboratoryError extends Error {
  override readonly name = 'LaboratoryError';
}
