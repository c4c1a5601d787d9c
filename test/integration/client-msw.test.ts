import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { connect } from '../../src/client/connect.js'
import { scriptedResponse } from '../../src/testing/scripted-response.js'
import { collect, SOON } from '../support/client.js'

const url = 'https://api.example.com/events'

// As a user sets it up.
const server = setupServer()
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

it('reads what a handler streams', async () => {
  server.use(
    http.get(url, () => {
      const body = new ReadableStream({
        start(controller) {
          for (const text of ['data: o', 'ne\n\ndata: t', 'wo\n\n']) controller.enqueue(new TextEncoder().encode(text))
          controller.close()
        },
      })
      return new HttpResponse(body, { headers: { 'content-type': 'text/event-stream' } })
    }),
  )
  const connection = connect(url, { reconnect: 'never' })
  expect(await collect(connection)).toEqual({ data: ['one', 'two'] })
  expect(connection.response?.url).toBe(url)
})

it('resumes what a handler cuts', async () => {
  const ids: (string | null)[] = []
  server.use(
    http.post(url, async ({ request }) => {
      ids.push(request.headers.get('last-event-id'))
      expect(await request.text()).toBe('order')
      return scriptedResponse(
        ids.length === 1
          ? [{ event: { id: '1', data: 'one' } }, { event: { id: '2', data: 'two' }, cutAfter: 8 }]
          : [{ event: { id: '2', data: 'two' } }],
        { signal: request.signal },
      )
    }),
  )
  const connection = connect(url, { method: 'POST', body: 'order', resume: 'header', backoff: SOON })
  expect(await collect(connection)).toEqual({ data: ['one', 'two'] })
  expect(ids).toEqual([null, '1'])
})

it('retries a network error and a 503, fails on a 401, ends on a 204', async () => {
  let requests = 0
  server.use(
    http.get(url, () => {
      requests++
      if (requests === 1) return HttpResponse.error()
      if (requests === 2) return new HttpResponse(null, { status: 503, headers: { 'retry-after': '0' } })
      return HttpResponse.json({ code: 'expired' }, { status: 401 })
    }),
  )
  expect((await collect(connect(url, { backoff: SOON }))).error).toMatchObject({ status: 401, attempt: 3 })

  server.use(http.get(url, () => new HttpResponse(null, { status: 204 })))
  const connection = connect(url)
  expect(await collect(connection)).toEqual({ data: [] })
  expect(await connection.closed).toBe('no-content')
})

it('tells a handler when the loop is left', async () => {
  let left!: () => void
  const stopped = new Promise<void>((resolve) => (left = resolve))
  server.use(
    http.get(url, ({ request }) => {
      request.signal.addEventListener('abort', left)
      return scriptedResponse([{ event: { data: 'one' } }, { stall: true }], { signal: request.signal })
    }),
  )
  for await (const _ of connect(url)) break
  await stopped
})

it('is aborted in the middle', async () => {
  const controller = new AbortController()
  server.use(
    http.get(url, ({ request }) =>
      scriptedResponse([{ event: { data: 'one' } }, { stall: true }], { signal: request.signal }),
    ),
  )
  const connection = connect(url, { signal: controller.signal })
  await connection.next()
  const next = connection.next()
  controller.abort(new Error('enough'))
  await expect(next).rejects.toThrow('enough')
})
