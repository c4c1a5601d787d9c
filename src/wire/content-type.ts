/** One value of a list: a comma inside quotes does not end it (Fetch 2.2, "get, decode, and split"). */
const VALUE = /(?:"(?:[^"\\]|\\[^]?)*"?|[^",])+/g

/** The essence of a MIME type at the start of a value (MIME Sniffing 4.4); white space is that of HTTP. */
const ESSENCE = /^[\t\n\r ]*([\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+)[\t\n\r ]*(?:;|$)/

/**
 * Tells whether a `Content-Type` value names an event stream, as Fetch extracts a MIME type (2.2.2): of several values
 * the last one counts that is a MIME type and not a wildcard. The essence alone is compared, without case: parameters such
 * as a charset change nothing, because a stream is always read as UTF-8 (WHATWG HTML 9.2.5).
 */
export function isEventStreamType(contentType: string | null | undefined): boolean {
  let essence: string | undefined
  for (const value of contentType?.match(VALUE) ?? []) {
    const found = ESSENCE.exec(value)?.[1]
    if (found && found !== '*/*') essence = found
  }
  return essence?.toLowerCase() === 'text/event-stream'
}
