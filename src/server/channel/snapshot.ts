import { encodeStreamMessage, type StreamMessage } from '../stream-message.js'
import type { Awaitable } from '../async.js'
import type { Snapshot } from './hub-options.js'

/**
 * A snapshot in wire format; without a promise if the hook gave none, so that nothing can come between. Only its last
 * message has an id, the position `id`; without any message the text is `alone`. A reader that is cut off before the
 * last message gets the whole snapshot next time.
 */
export function encodeSnapshot(snapshot: Awaitable<Snapshot>, id: string, alone: string): string | Promise<string> {
  if (snapshot === undefined || snapshot === null) return alone
  if ('then' in snapshot) return Promise.resolve(snapshot).then((value) => encodeSnapshot(value, id, alone))
  if (Symbol.asyncIterator in snapshot) return collect(snapshot).then((messages) => encodeAll(messages, id, alone))
  return encodeAll(Symbol.iterator in snapshot ? [...snapshot] : [snapshot], id, alone)
}

async function collect(messages: AsyncIterable<StreamMessage>): Promise<StreamMessage[]> {
  const all: StreamMessage[] = []
  for await (const message of messages) all.push(message)
  return all
}

function encodeAll(messages: StreamMessage[], id: string, alone: string): string {
  const last = messages.length - 1
  return messages.map((message, at) => encodeStreamMessage(message, at === last ? id : null)).join('') || alone
}
