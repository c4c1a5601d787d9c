import type { Entry } from './entry.js'

/** A published event as `filter` sees it, live or replayed. */
export interface ChannelMessage<Event extends string = string, Data = unknown> {
  /** The id that the event has in the history. */
  readonly id: string
  /** The event type. */
  readonly event: Event
  /**
   * What was published, as JSON gives it back. It is the text if a text was published, or if `serialize` writes
   * something else than JSON. Shared by all readers: do not change it.
   */
  readonly data: Data
  /** `undefined` for events that go to everyone. */
  readonly topic: string | undefined
  /** Whether it is for the readers of the moment alone, and not kept. */
  readonly ephemeral: boolean
}

const messages = new WeakMap<Entry, ChannelMessage>()

export function messageOf(entry: Entry): ChannelMessage {
  let message = messages.get(entry)
  if (!message) messages.set(entry, (message = createMessage(entry)))
  return message
}

function createMessage(entry: Entry): ChannelMessage {
  const { id, event, topic, ephemeral } = entry
  let value: unknown
  return {
    id,
    event,
    topic,
    ephemeral: Boolean(ephemeral),
    // Parsed when a filter first looks at it, because many go by the topic alone.
    get data() {
      return (value ??= valueOf(entry))
    },
  }
}

function valueOf({ data, json }: Entry): unknown {
  try {
    return json ? JSON.parse(data) : data
  } catch {
    return data
  }
}
