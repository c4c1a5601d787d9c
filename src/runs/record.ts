import { EncodeError } from '../errors/encode-error.js'
import { parse } from '../parser/parse.js'
import { encodeStreamMessage, type StreamMessage } from '../server/stream-message.js'

/** Before the wire text of a message: whether its data was text, or is written as JSON. */
const TEXT = 't'
const JSON_TEXT = 'j'

/** A message as a run hands it to `compact`: without id, its data as it was given (what went through JSON came back). */
export type RecordedMessage = Pick<StreamMessage, 'event' | 'data'>

/**
 * Writes a message, under the id that the run gives it, as it is kept and sent.
 *
 * @throws {EncodeError} for what the format or JSON cannot carry, and for an id.
 */
export function recordOf(message: StreamMessage, id: string): string {
  const given = (message as StreamMessage | null | undefined)?.id
  if (given !== undefined) throw new EncodeError('id', 'The run gives ids itself. Leave it out.')
  const wire = encodeStreamMessage(message, id)
  return (typeof message.data === 'string' ? TEXT : JSON_TEXT) + wire
}

export function wireOf(record: string): string {
  return record.slice(1)
}

/** What readers dispatch for a record: nothing for one without data. */
export function messagesOf(record: string): RecordedMessage[] {
  return parse(wireOf(record)).map(({ event, data }) => ({
    ...(event !== 'message' && { event }),
    data: record.startsWith(JSON_TEXT) ? JSON.parse(data) : data,
  }))
}
