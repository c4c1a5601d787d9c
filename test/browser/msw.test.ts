import { http } from 'msw'
import { setupWorker } from 'msw/browser'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect } from '../../src/client/connect.js'
import { EventSource } from '../../src/eventsource/event-source.js'
import { scriptedResponse } from '../../src/testing/scripted-response.js'

const worker = setupWorker()

beforeAll(async () => {
  await worker.start({ quiet: true, onUnhandledRequest: 'bypass' })
})

afterAll(() => worker.stop())

it('serves a script to connect(), a cut in mid-event included', async () => {
  const asked: (string | null)[] = []
  worker.use(
    http.get('/msw/client', ({ request }) => {
      asked.push(request.headers.get('last-event-id'))
      if (asked.length > 1) return scriptedResponse([{ event: { id: '2', data: 'b' } }, { stall: true }])
      return scriptedResponse([
        { event: { id: '1', retry: 50, data: 'a' } },
        { wait: 100 },
        { event: { id: '2', data: 'b' }, cutAfter: 9 },
      ])
    }),
  )
  const seen: string[] = []
  for await (const { data } of connect('/msw/client')) {
    if (seen.push(data) === 2) break
  }
  expect([seen, asked]).toEqual([
    ['a', 'b'],
    [null, '1'],
  ])
})

it('serves a script to an EventSource', async () => {
  worker.use(http.get('/msw/source', () => scriptedResponse([{ event: { data: 'a' } }, { stall: true }])))
  const source = new EventSource('/msw/source')
  const event = await new Promise<MessageEvent<string>>((resolve) => source.addEventListener('message', resolve))
  expect([event.data, event.origin]).toEqual(['a', location.origin])
  source.close()
})
