import { createParser } from '../../../src/parser/create-parser.js'
import type { ServerSentEvent } from '../../../src/wire/types.js'

/** A reader of one response of a channel. */
export interface Reading {
  readonly response: Response
  /** So far. */
  readonly events: ServerSentEvent[]
  readonly comments: string[]
  readonly lastEventId: string
  /** The text so far. */
  readonly text: string
  /** As the body gave them. */
  readonly chunks: string[]
  /** Reads on until it has so many events, and gives their data. */
  data(count: number): Promise<unknown[]>
  /** Reads on until the condition holds. */
  until(isMet: () => boolean): Promise<void>
  /** Reads to the end. Rejects where the body was cut. */
  end(): Promise<void>
  /** Leaves. */
  cancel(): Promise<void>
}

export interface Answering {
  readonly fetch: (request: Request) => Promise<Response>
}

export interface ReadOptions {
  lastEventId?: string
  url?: string
  headers?: Record<string, string>
  /** Reads on by itself all the time. Default: only while it waits for something. */
  keepsReading?: boolean
}

/** Comes to a channel through its web face. */
export async function read(channel: Answering, options: ReadOptions = {}): Promise<Reading> {
  const { lastEventId, url = 'http://localhost/', headers = {}, keepsReading } = options
  const request = new Request(url, {
    headers: { ...headers, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
  })
  const response = await channel.fetch(request)
  const body = response.body!.getReader()
  const decoder = new TextDecoder()
  const events: ServerSentEvent[] = []
  const comments: string[] = []
  const chunks: string[] = []
  const parser = createParser({
    onEvent: (event) => void events.push(event),
    onComment: (text) => void comments.push(text),
  })

  const step = async (): Promise<boolean> => {
    const { done, value } = await body.read()
    if (done) return false
    const text = decoder.decode(value as Uint8Array, { stream: true })
    chunks.push(text)
    parser.feed(text)
    return true
  }
  const until = async (isMet: () => boolean): Promise<void> => {
    while (!isMet()) {
      if (!(await step())) throw new Error('The stream ended before what was waited for.')
    }
  }

  const end = async (): Promise<void> => {
    while (await step());
  }
  const ended = keepsReading ? end() : undefined
  ended?.catch(() => {})

  return {
    response,
    events,
    comments,
    chunks,
    get lastEventId() {
      return parser.lastEventId
    },
    get text() {
      return chunks.join('')
    },
    until,
    async data(count) {
      await until(() => events.length >= count)
      return events.map(({ data }) => parseOrText(data))
    },
    end: () => ended ?? end(),
    cancel: () => body.cancel(),
  }
}

function parseOrText(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return data
  }
}
