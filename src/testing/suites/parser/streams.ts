import { ENCODING, LINE_ENDINGS } from './byte-streams.js'
import { END, EVENT_TYPE, ID, RETRY } from './event-streams.js'
import { DATA, FIELDS } from './field-streams.js'
import type { StreamCase } from './stream-case.js'

/** The rules of parsing (WHATWG HTML 9.2.5 and 9.2.6), each with a stream that shows it. */
export const STREAMS: readonly StreamCase[] = [
  ENCODING,
  LINE_ENDINGS,
  FIELDS,
  DATA,
  EVENT_TYPE,
  ID,
  RETRY,
  END,
].flatMap(([section, cases]) => cases.map((each) => ({ section, ...each })))
