/** Counts mutants that were caught, and prints how many of `total` once all tests of the file are over. */
export function score(kind: string, total: number, afterAll: (report: () => void) => void): () => void {
  let caught = 0
  afterAll(() => console.log(`mutants: ${caught} of ${total} wrong ${kind} caught by the case that names the fault`))
  return () => void caught++
}
