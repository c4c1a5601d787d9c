import { acceptsEventStream, createChannel, eventStream } from '../../src/server/index.js'
import { events } from '../../src/streams/index.js'
import { equal, within } from '../spec/eventsource/within.js'
import type { Check } from './check.js'

const EVENT_STREAM = { accept: 'text/event-stream' }

/** The web face of the server side, without a socket. */
export const serverChecks: Check[] = [
  {
    name: 'eventStream() answers a Request',
    async run() {
      const request = new Request('http://localhost/', { headers: EVENT_STREAM })
      const response = eventStream(request, async function* () {
        yield { id: 1, data: { a: 1 } }
        yield { event: 'x', data: 'text' }
      })
      equal([response.status, response.headers.get('content-type')], [200, 'text/event-stream'])
      const seen = []
      for await (const event of events(response)) seen.push(event)
      equal(seen, [
        { event: 'message', data: '{"a":1}', id: '1' },
        { event: 'x', data: 'text', id: '1' },
      ])
      equal(acceptsEventStream(request), true)
    },
  },
  {
    name: 'a channel replays and goes on live',
    async run() {
      const channel = createChannel()
      const first = await channel.publish('tick', 1)
      await channel.publish('tick', 2)
      const request = new Request('http://localhost/', { headers: { ...EVENT_STREAM, 'last-event-id': first } })
      const reader = events(await channel.fetch(request))
      const seen: string[] = []
      await within(
        'the events',
        (async () => {
          for await (const { data } of reader) {
            seen.push(data)
            if (data === '2') await channel.publish('tick', 3)
            if (data === '3') break
          }
        })(),
      )
      equal(seen, ['2', '3'])
      await channel.close()
    },
  },
]
