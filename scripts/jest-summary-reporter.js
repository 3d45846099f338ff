// Prints the one line that continuous integration reads: `N passed, N failed`, with `, N skipped` where tests were skipped.
// A test file that cannot even be loaded counts as one failure, so that a green line never hides it.
module.exports = class SummaryReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    // After jest's own summary, which goes to standard error.
    process.on('exit', () => process.stdout.write(`\n${line}\n`));
  }
};
