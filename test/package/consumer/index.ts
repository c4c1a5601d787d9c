// What a consumer writes. Compiled, never run, by the oldest and the newest compiler that is supported.
import { createParser, encode, events, isEventWireError, parse } from 'eventwire'
import type { EventMessage, ServerSentEvent } from 'eventwire'
import { connect } from 'eventwire/client'
import type { ConnectError, Connection } from 'eventwire/client'
import { EncodeError } from 'eventwire/encoder'
import { EventSource } from 'eventwire/eventsource'
import { LimitError } from 'eventwire/parser'
import { eventStream } from 'eventwire/server'
import { EventDecoderStream } from 'eventwire/streams'
import { createServer } from 'node:http'

const message: EventMessage = { id: 1, data: 'a' }
const parsed: ServerSentEvent[] = parse(encode(message))
// @ts-expect-error data is text
encode({ data: 1 })

createParser({ onEvent: ({ event, data, id }) => console.log(event, data, id, parsed) }).feed(new Uint8Array())

export async function read(response: Response): Promise<void> {
  for await (const { data } of events(response)) console.log(data.length)
  const reader = response.body!.pipeThrough(new EventDecoderStream()).getReader()
  const { value } = await reader.read()
  console.log(value?.data)
}

export async function follow(): Promise<void> {
  const connection: Connection<{ tick: { n: number } }> = connect<{ tick: { n: number } }>('https://example.com/', {
    decode: { tick: (raw) => JSON.parse(raw) as { n: number } },
    retryIf: (error: ConnectError) => error.status === 401,
  })
  for await (const event of connection) if (event.event === 'tick') console.log(event.data.n)
}

createServer((request, response) => {
  eventStream(request, response, (session) => {
    session.send({ data: { any: 'thing' } })
  })
})
export const handler = (request: Request): Response =>
  eventStream(request, async function* () {
    yield { data: 'text' }
  })

export const kinds = (error: unknown): string | undefined =>
  error instanceof EncodeError || error instanceof LimitError || isEventWireError(error) ? error.code : undefined

export const withToken = connect('https://example.com/', {
  headers: () => ({ authorization: 'Bearer x' }),
  method: 'POST',
  body: 'x',
})
// @ts-expect-error headers are text
connect('https://example.com/', { headers: () => ({ authorization: new Date() }) })
// @ts-expect-error headers are text
eventStream(new Request('https://example.com/'), () => {}, { headers: { 'x-a': new Date() } })

const source = new EventSource('https://example.com/')
source.addEventListener('tick', ({ data, lastEventId }) => console.log(data.length, lastEventId.length))
// @ts-expect-error data is text
source.onmessage = ({ data }) => data.toFixed()
// @ts-expect-error no such option
source.addEventListener('tick', () => {}, { onec: true })
