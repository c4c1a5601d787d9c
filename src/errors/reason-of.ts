/** Causes that are followed: a chain may be a circle. */
const DEEPEST = 10

/**
 * What lies at the bottom of a chain of causes, in words: the outer ones say little more than that something failed.
 * Of errors that were gathered the first one counts.
 */
export function reasonOf(thrown: unknown): string {
  let reason = ''
  for (const error of causesOf(thrown)) {
    const { message, code, name } = Object(error) as { message?: unknown; code?: unknown; name?: unknown }
    // Some have a code and no message.
    const text = error === Object(error) ? message || code || name : error
    if (text) reason = `${text as string}`
  }
  return reason
}

/** An error and what lies beneath it, outermost first. */
export function causesOf(thrown: unknown): unknown[] {
  const causes: unknown[] = []
  for (let error = thrown; error !== undefined && error !== null && causes.length < DEEPEST;) {
    causes.push(error)
    const { cause, errors } = Object(error) as { cause?: unknown; errors?: unknown }
    error = cause ?? (Array.isArray(errors) ? (errors[0] as unknown) : undefined)
  }
  return causes
}

/** A URL as messages show it: neither its query nor user and password are anybody's business. */
export function placeOf(href: string): string {
  return href.replace(/[?#][^]*/, '').replace(/\/\/[^/]*@/, '//')
}
