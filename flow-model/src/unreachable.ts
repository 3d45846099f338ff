/** The compiler refuses a call where a case of a union was forgotten. */
export function assertUnreachable(value: never): never {
  throw new Error(`Case not handled: ${JSON.stringify(value)}`);
}
