import { encodeStreamMessage, type StreamMessage } from '../server/stream-message.js'
import { toBytes } from '../server/to-bytes.js'
import { messagesOf } from './record.js'
import { eventId } from './run-id.js'
import type { RunsSettings } from './runs-options.js'
import type { Compaction, Tape } from './tape.js'

const NOTHING: Compaction = { count: 0 }

/**
 * The messages of a tape so far as `compact` gives them. One that stands for half of what there is, or more, is
 * given again, so that what it costs in all follows the size of the run. Never rejects.
 */
export async function compactionOf(tape: Tape, settings: RunsSettings): Promise<Compaction> {
  const { count } = tape
  const before = tape.compaction
  if (before && before.count * 2 >= count) return before.made
  if (count < 2) return NOTHING
  const made = make(tape, count, settings)
  tape.compaction = { count, made }
  return made
}

async function make({ records, token }: Tape, count: number, { hooks, report }: RunsSettings): Promise<Compaction> {
  try {
    const given = await hooks.compact!(records.slice(0, count).flatMap(messagesOf))
    if (given === undefined) return NOTHING
    const messages = Symbol.iterator in given ? [...given] : [given as StreamMessage]
    const last = messages.length - 1
    if (last < 0) return NOTHING
    // Only the last has a place: a reader that is cut off before it gets the whole again.
    const texts = messages.map((message, at) =>
      encodeStreamMessage(message, at === last ? eventId(token, count) : null),
    )
    return { count, wire: toBytes(texts.join('')) }
  } catch (error) {
    report(error)
    return NOTHING
  }
}
