/** Whose `EventSource` a test is about. */
export type SubjectName = 'ours' | 'chromium' | 'firefox' | 'node'

interface Difference extends Partial<Record<SubjectName, string>> {
  /** What the standard says. */
  standard: string
}

function list<T extends Record<string, Difference>>(differences: T): { [K in keyof T]: Difference } {
  return differences
}

/**
 * Each way in which an implementation departs from the standard. A test names the entry it proves, and fails
 * when an implementation that is listed behaves by now, or one that is not listed does not. docs/eventsource.md shows it.
 */
export const DIFFERENCES = list({
  trusted: {
    standard: 'Events are trusted (`isTrusted`).',
    ours: 'They are those of a script: not trusted.',
  },
  dataUrl: {
    standard: 'A `data:` URL of the right type opens, as `fetch` does.',
    ours: 'Closes with an error: only `http:` and `https:` open.',
    firefox: 'Closes with an error.',
  },
})

export type DifferenceId = keyof typeof DIFFERENCES
