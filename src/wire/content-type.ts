import { EVENT_STREAM_TYPE } from './constants.js'

/**
 * Tells whether a `Content-Type` value names an event stream. The essence alone is compared, without
 * case: parameters such as a charset change nothing, because a stream is always read as UTF-8
 * (WHATWG HTML 9.2.5).
 */
export function isEventStreamType(contentType: string | null | undefined): boolean {
  if (contentType == null) return false
  const semicolon = contentType.indexOf(';')
  const essence = semicolon === -1 ? contentType : contentType.slice(0, semicolon)
  return essence.trim().toLowerCase() === EVENT_STREAM_TYPE
}
