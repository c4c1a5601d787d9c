import { encodeStreamMessage, type StreamMessage } from '../stream-message.js'
import type { Awaitable, Snapshot } from './hub-options.js'

/** A snapshot in wire format. At once where it was given at once, so that nothing can come between. */
export function encodeSnapshot(snapshot: Awaitable<Snapshot>): string | Promise<string> {
  if (snapshot === undefined || snapshot === null) return ''
  if ('then' in snapshot) return Promise.resolve(snapshot).then(encodeSnapshot)
  if (Symbol.asyncIterator in snapshot) return encodeAll(snapshot)
  return Symbol.iterator in snapshot
    ? Array.from(snapshot, encodeStreamMessage).join('')
    : encodeStreamMessage(snapshot)
}

async function encodeAll(messages: AsyncIterable<StreamMessage>): Promise<string> {
  let text = ''
  for await (const message of messages) text += encodeStreamMessage(message)
  return text
}
