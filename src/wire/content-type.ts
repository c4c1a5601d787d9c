/**
 * The essence at the start of the value, or of the last one in a list: several `Content-Type` headers reach us as one,
 * and the last counts (Fetch 2.2.2). White space is that of HTTP.
 */
const EVENT_STREAM = /(?:^|,)[\t\n\r ]*text\/event-stream[\t\n\r ]*(?:;[^,]*)?$/i

/**
 * Tells whether a `Content-Type` value names an event stream. The essence alone is compared, without
 * case: parameters such as a charset change nothing, because a stream is always read as UTF-8
 * (WHATWG HTML 9.2.5).
 */
export function isEventStreamType(contentType: string | null | undefined): boolean {
  return EVENT_STREAM.test(contentType ?? '')
}
