import { encode } from '../encoder/encode.js'
import { OptionError } from '../errors/option-error.js'
import { EVENT_STREAM_TYPE } from '../wire/constants.js'
import { isEventStreamType } from '../wire/content-type.js'

/** Headers in the one form that Node's `writeHead` and `webHeaders` take. */
export type HeadFields = Readonly<Record<string, string | string[]>>

/**
 * `no-transform` keeps proxies and middlewares from compressing; the next one keeps nginx from buffering, the last one
 * all that know RFC 10036.
 */
const STREAM_FIELDS: HeadFields = {
  'content-type': EVENT_STREAM_TYPE,
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  incremental: '?1',
}

/** They speak of one connection, which is the host's matter, and HTTP/2 refuses them. */
const HOP_BY_HOP = /^(connection|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/

/**
 * The headers of an event stream, with those of the caller in place of the defaults. Headers that
 * speak of the connection are left out.
 *
 * @throws {OptionError} for what is no header, and for a type or a length that no event stream has.
 */
export function streamFields(init?: RequestInit['headers']): HeadFields {
  if (init === undefined) return STREAM_FIELDS
  let given: HeadFields
  try {
    given = fieldsOf(new Headers(init))
  } catch (error) {
    throw new OptionError('headers', (error as Error).message)
  }
  const fields: Record<string, string | string[]> = { ...STREAM_FIELDS, ...given }
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'content-length' || (name === 'content-type' && !isEventStreamType(`${value}`))) {
      throw new OptionError(`headers.${name}`, `${value} is not that of an event stream`)
    }
    if (HOP_BY_HOP.test(name)) delete fields[name]
  }
  return fields
}

export function fieldsOf(headers: Headers): HeadFields {
  const cookies = headers.getSetCookie()
  return { ...Object.fromEntries(headers), ...(cookies[0] && { 'set-cookie': cookies }) }
}

export function webHeaders(fields: HeadFields): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(fields)) {
    for (const each of [value].flat()) headers.append(name, each)
  }
  return headers
}

/** How a stream begins. */
export interface Opening {
  /** Whether a comment comes at once, for readers and proxies that wait for a byte. */
  readonly greeting: boolean
  /** Its size, about. */
  readonly padding?: number
  /** The reconnection time in milliseconds. */
  readonly retry?: number | undefined
}

/**
 * A block that the first event or position completes. Completed by itself, an empty block would be an event to some
 * readers.
 */
export function firstBytes({ greeting, padding = 0, retry }: Opening): string {
  const comment = greeting || padding > 0 ? `:${' '.repeat(padding)}\n` : ''
  return comment + (retry === undefined ? '' : encode({ retry }).slice(0, -1))
}

/** Milliseconds without a byte after which a comment is sent: Bun closes what is idle for ten seconds. */
export function defaultHeartbeat(): number {
  return 'Bun' in globalThis ? 8000 : 15_000
}
