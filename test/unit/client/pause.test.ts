import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../../src/client/connect.js'
import type { ConnectOptions, Connection } from '../../../src/client/types.js'
import { recorder } from '../../support/client.js'

class Page extends EventTarget {
  visibilityState = 'visible'
  listeners = 0
  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    this.listeners++
    super.addEventListener(...args)
  }
  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    this.listeners--
    super.removeEventListener(...args)
  }
  turn(state: 'visible' | 'hidden'): void {
    this.visibilityState = state
    this.dispatchEvent(new Event('visibilitychange'))
  }
}

/** A server made of streams: counts what is live at one time. */
class Streams {
  requests: RequestInit[] = []
  live = 0
  mostLive = 0
  #bodies: ReadableStreamDefaultController[] = []
  answer = (): Response | undefined => undefined

  fetch = async (_: string, init: RequestInit): Promise<Response> => {
    this.requests.push(init)
    const answer = this.answer()
    if (answer) return answer
    this.mostLive = Math.max(this.mostLive, ++this.live)
    init.signal!.addEventListener('abort', () => this.live--, { once: true })
    const body = new ReadableStream({ start: (controller) => void this.#bodies.push(controller) })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }

  send(text: string): void {
    this.#bodies.at(-1)!.enqueue(new TextEncoder().encode(text))
  }
}

let page: Page
let streams: Streams
let connection: Connection

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const { changes, onState } = recorder()
const start = (options: ConnectOptions = {}): void => {
  changes.length = 0
  connection = connect('http://example.com/', { pause: ['hidden'], fetch: streams.fetch, onState, ...options })
}
const lastId = (): string | null => new Headers(streams.requests.at(-1)!.headers).get('last-event-id')

beforeEach(() => {
  page = new Page()
  streams = new Streams()
  vi.stubGlobal('document', page)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  vi.spyOn(Math, 'random').mockReturnValue(0)
})

afterEach(async () => {
  await connection.close()
  expect(page.listeners, 'listeners left').toBe(0)
  expect(vi.getTimerCount(), 'timers left').toBe(0)
  expect(streams.mostLive, 'live at one time').toBeLessThan(2)
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('a hidden page', () => {
  it('drops the connection, and goes on from the last id when it is shown', async () => {
    start()
    const first = connection.next()
    await connection.opened
    streams.send('id: 7\ndata: one\n\n')
    expect((await first).value.data).toBe('one')
    const second = connection.next()
    page.turn('hidden')
    expect(connection.state).toBe('paused')
    expect(streams.live).toBe(0)
    page.turn('visible')
    await settle()
    expect(connection.state).toBe('open')
    expect(lastId()).toBe('7')
    streams.send('id: 8\ndata: two\n\n')
    expect((await second).value.data).toBe('two')
    expect(changes.map(({ state }) => state)).toEqual(['connecting', 'open', 'paused', 'connecting', 'open'])
  })

  it('does not connect in the first place', async () => {
    page.visibilityState = 'hidden'
    start()
    await settle()
    expect(connection.state).toBe('paused')
    expect(streams.requests).toHaveLength(0)
    connection.reconnect()
    expect(connection.state).toBe('paused')
    page.turn('visible')
    await settle()
    expect(connection.state).toBe('open')
  })

  it('while connecting', async () => {
    start({ headers: () => settle().then(() => ({})) })
    await Promise.resolve()
    page.turn('hidden')
    await settle()
    expect(connection.state).toBe('paused')
    expect(streams.requests).toHaveLength(0)
    page.turn('visible')
    await vi.waitFor(() => expect(connection.state).toBe('open'))
    expect(streams.requests).toHaveLength(1)
  })

  it('hide and show in a retry wait make one connection', async () => {
    streams.answer = () => (streams.requests.length === 1 ? new Response('', { status: 503 }) : undefined)
    start()
    await settle()
    expect(connection.state).toBe('waiting')
    page.turn('hidden')
    expect(connection.state).toBe('paused')
    page.turn('visible')
    page.turn('visible')
    await settle()
    await vi.advanceTimersByTimeAsync(60_000)
    await settle()
    expect(connection.state).toBe('open')
    expect(streams.requests).toHaveLength(2)
  })

  it('does not shorten a Retry-After', async () => {
    streams.answer = () => {
      if (streams.requests.length > 1) return
      return new Response('', { status: 429, headers: { 'retry-after': '60' } })
    }
    start()
    await settle()
    page.turn('hidden')
    await vi.advanceTimersByTimeAsync(20_000)
    page.turn('visible')
    expect(connection.state).toBe('waiting')
    expect(changes.at(-1)!.delay).toBe(40_000)
    await vi.advanceTimersByTimeAsync(39_999)
    expect(streams.requests).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    await settle()
    expect(streams.requests).toHaveLength(2)
  })

  it('that hides while retryIf is at work rests afterwards', async () => {
    let decide!: (answer: boolean) => void
    streams.answer = () => (streams.requests.length === 1 ? new Response('', { status: 500 }) : undefined)
    start({ retryIf: () => new Promise<boolean>((resolve) => (decide = resolve)) })
    await settle()
    page.turn('hidden')
    decide(true)
    await settle()
    expect(connection.state).toBe('paused')
    page.turn('visible')
    await settle()
    expect(connection.state).toBe('open')
  })

  it('leaves a POST alone that would be done twice', async () => {
    start({ method: 'POST', body: 'order', resume: 'header' })
    const next = connection.next()
    await connection.opened
    page.turn('hidden')
    expect(connection.state).toBe('open')
    page.turn('visible')
    streams.send('id: 1\ndata: one\n\n')
    await next
    expect(streams.requests).toHaveLength(1)
    // With an id it is a resume, where the server is known to do that.
    page.turn('hidden')
    expect(connection.state).toBe('paused')
    page.turn('visible')
    await settle()
    expect(lastId()).toBe('1')
  })

  it('delivers meanwhile what was received', async () => {
    start()
    const first = connection.next()
    await connection.opened
    streams.send('data: one\n\ndata: two\n\n')
    await first
    page.turn('hidden')
    expect((await connection.next()).value.data).toBe('two')
  })

  it('can be closed', async () => {
    start()
    await connection.opened
    page.turn('hidden')
    await connection.close()
    page.turn('visible')
    await settle()
    expect(connection.state).toBe('closed')
    expect(streams.requests).toHaveLength(1)
  })

  it('does nothing without being asked', async () => {
    start({ pause: undefined })
    await connection.opened
    page.turn('hidden')
    expect(connection.state).toBe('open')
  })
})

describe('an offline browser', () => {
  it('waits for the network instead of retrying', async () => {
    const host = new EventTarget()
    const navigator = { onLine: true }
    vi.stubGlobal('navigator', navigator)
    vi.stubGlobal('addEventListener', host.addEventListener.bind(host))
    vi.stubGlobal('removeEventListener', host.removeEventListener.bind(host))
    start({ pause: ['offline'] })
    await connection.opened
    navigator.onLine = false
    host.dispatchEvent(new Event('offline'))
    expect(connection.state).toBe('paused')
    await vi.advanceTimersByTimeAsync(100_000)
    navigator.onLine = true
    host.dispatchEvent(new Event('online'))
    await settle()
    expect(connection.state).toBe('open')
    expect(streams.requests).toHaveLength(2)
  })
})
