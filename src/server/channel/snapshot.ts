import { encode } from '../../encoder/encode.js'
import { encodeStreamMessage, type StreamMessage } from '../stream-message.js'
import type { Awaitable, Snapshot } from './hub-options.js'

/**
 * A snapshot in wire format, at once where it was given at once, so that nothing can come between. Its
 * last message brings the position `id`, and no other has one: whoever is cut off before that gets the
 * whole of it next time.
 */
export function encodeSnapshot(snapshot: Awaitable<Snapshot>, id: string): string | Promise<string> {
  if (snapshot === undefined || snapshot === null) return encode({ id })
  if ('then' in snapshot) return Promise.resolve(snapshot).then((value) => encodeSnapshot(value, id))
  if (Symbol.asyncIterator in snapshot) return collect(snapshot).then((messages) => encodeAll(messages, id))
  return encodeAll(Symbol.iterator in snapshot ? [...snapshot] : [snapshot], id)
}

async function collect(messages: AsyncIterable<StreamMessage>): Promise<StreamMessage[]> {
  const all: StreamMessage[] = []
  for await (const message of messages) all.push(message)
  return all
}

function encodeAll(messages: StreamMessage[], id: string): string {
  const last = messages.length - 1
  return messages.map((message, at) => encodeStreamMessage(message, at === last ? id : null)).join('') || encode({ id })
}
