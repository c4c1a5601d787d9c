import { execFile } from 'node:child_process'
import { on, once } from 'node:events'
import { promisify } from 'node:util'
import { http, sse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { EventSource } from '../../src/eventsource/event-source.js'
import { createScriptedServer } from '../../src/testing/server/index.js'
import { scriptedResponse } from '../../src/testing/scripted-response.js'

const host = globalThis as { EventSource?: unknown }

beforeAll(() => {
  host.EventSource = EventSource
})

afterAll(() => {
  delete host.EventSource
})

/** As written for the class of the platform: it knows the global alone. */
function subscribe(url: string, onData: (data: unknown) => void): () => void {
  const source = new globalThis.EventSource(url)
  const listener = (event: MessageEvent<string>): void => onData(JSON.parse(event.data))
  source.addEventListener('message', listener)
  source.onerror = () => {
    if (source.readyState === globalThis.EventSource.CLOSED) onData('closed')
  }
  return () => {
    source.removeEventListener('message', listener)
    source.close()
  }
}

it('takes the place of the global', async () => {
  const server = await createScriptedServer([[{ event: { retry: 50, data: '{"a":1}' } }], [{ event: { data: '2' } }]])
  const seen: unknown[] = []
  const stop = await new Promise<() => void>((resolve) => {
    const unsubscribe = subscribe(server.url, (data) => {
      seen.push(data)
      if (data === 'closed') resolve(unsubscribe)
    })
  })
  stop()
  expect(seen).toEqual([{ a: 1 }, 2, 'closed'])
  await server.close()
})

it('is an emitter for events.once() and events.on()', async () => {
  const server = await createScriptedServer([{ bytes: 'data: a\n\ndata: b\n\ndata: c\n\n' }, { stall: true }])
  const source = new EventSource(server.url)
  const [first] = (await once(source, 'message')) as [MessageEvent<string>]
  const [second] = (await once(source, 'message')) as [MessageEvent<string>]
  expect([first.data, second.data]).toEqual(['a', 'b'])
  for await (const [event] of on(source, 'message') as AsyncIterable<[MessageEvent<string>]>) {
    expect(event.data).toBe('c')
    break
  }
  source.close()
  await server.close()
})

it('reads what msw serves, scripted or by its own sse()', async () => {
  const server = setupServer(
    http.get('http://scripted.example/', () => scriptedResponse([{ event: { data: 'a' } }, { stall: true }])),
    sse('http://sse.example/', ({ client }) => client.send({ data: 'b' })),
  )
  server.listen()
  for (const [url, expected] of [
    ['http://scripted.example/', 'a'],
    ['http://sse.example/', 'b'],
  ] as const) {
    const source = new EventSource(url)
    const [event] = (await once(source, 'message')) as [MessageEvent<string>]
    expect(event.data).toBe(expected)
    source.close()
  }
  server.close()
})

it('keeps a process up while it waits to retry, and lets it go when it is closed', async () => {
  const server = await createScriptedServer([[{ event: { retry: 100, data: 'a' } }], [{ event: { data: 'b' } }]])
  const program = `
    await import('eventwire/polyfill')
    const source = new EventSource(${JSON.stringify(server.url)})
    source.onmessage = ({ data }) => {
      console.log(data)
      if (data === 'b') source.close()
    }`
  const run = promisify(execFile)
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { timeout: 10_000 })
  expect(stdout).toBe('a\nb\n')
  expect(server.requests).toHaveLength(2)
  await server.close()
})
