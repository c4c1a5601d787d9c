import { encode } from '../encoder/encode.js'
import { EncodeError } from '../errors/encode-error.js'
import type { EventMessage } from '../wire/types.js'

/** What a session sends: an `EventMessage` with any data. */
export interface StreamMessage extends Omit<EventMessage, 'data'> {
  /** A string goes as it stands, anything else as JSON. Left out, nothing is dispatched: an id or a `retry` alone. */
  data?: unknown
}

/**
 * Writes a message in wire format, under another id where one is given; `null` for none.
 *
 * @throws {EncodeError} for what the format or JSON cannot carry, `data: undefined` among it.
 */
export function encodeStreamMessage(message: StreamMessage, otherId?: string | null): string {
  // Anything but an object is for `encode` to refuse.
  if (typeof message !== 'object' || message === null) return encode(message)
  const { comment, event, retry, data } = message
  const id = otherId === undefined ? message.id : (otherId ?? undefined)
  const isText = typeof data === 'string' || !('data' in message)
  return encode({ comment, event, id, retry, data: isText ? (data as string) : toJson(data) })
}

export function toJson(data: unknown): string {
  let json: string | undefined
  let reason: unknown = typeof data
  try {
    json = JSON.stringify(data)
  } catch (error) {
    reason = error
  }
  if (json === undefined) throw new EncodeError('data', `JSON cannot carry it: ${reason}. Leave it out to send none`)
  return json
}
