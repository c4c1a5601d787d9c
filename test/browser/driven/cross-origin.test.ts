import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { createChannel } from '../../../src/server/channel/create-channel.js'
import { BROWSERS } from '../../support/browsers.js'
import { bundle } from '../../support/bundle.js'
import { serve, until } from '../../support/servers/http.js'

const RECONNECTS = 3

/** Readers that the page has at the same time; what they are made with. */
const KINDS = ['native', 'eventsource', 'connect', 'query'] as const

const PAGE_CODE = `
import { connect } from 'eventwire/client'
import { EventSource as Ours } from 'eventwire/eventsource'

globalThis.readers = {}
globalThis.read = (kind, url) => {
  const numbers = (readers[kind] = [])
  if (kind === 'native' || kind === 'eventsource') {
    const source = new (kind === 'native' ? EventSource : Ours)(url, { withCredentials: true })
    source.addEventListener('tick', ({ data }) => numbers.push(Number(data)))
    source.addEventListener('reset', () => numbers.push(NaN))
    return
  }
  const resume = kind === 'query' ? { query: 'lastEventId' } : 'header'
  ;(async () => {
    for await (const { event, raw } of connect(url, { credentials: 'include', resume })) {
      numbers.push(event === 'tick' ? Number(raw) : NaN)
    }
  })()
}
`

it.each(BROWSERS)(
  'a page of another origin in $name reads over reconnects, with its cookie, and no preflight becomes a reader',
  async ({ launch }) => {
    const code = await bundle(PAGE_CODE)
    await using host = await serve((_req, res) =>
      res.setHeader('content-type', 'text/html').end(`<!doctype html><script type="module">${code}</script>`),
    )
    const asked: { kind: string; method: string; hasId: boolean; cookie: string | undefined }[] = []
    const errors: unknown[] = []
    let mostReaders = 0
    const channel = createChannel({
      cors: { origin: new URL(host.url).origin, credentials: true },
      // As an application does it: a preflight has no cookie, and is not asked for one.
      authorize: ({ headers }) => /session=1/.test(headers.get('cookie') ?? ''),
      onConnect: () => void (mostReaders = Math.max(mostReaders, channel.connections)),
      retry: 50,
      onError: (error) => errors.push(error),
    })
    const server = createServer((req, res) => {
      const { searchParams, pathname } = new URL(req.url!, 'http://localhost')
      if (pathname === '/login') return res.setHeader('set-cookie', 'session=1').end()
      // A browser asks for a favicon by itself, and the channel would count it as a reader.
      if (pathname !== '/events') return res.writeHead(404).end()
      const { method, headers } = req
      const hasId = headers['last-event-id'] !== undefined || searchParams.has('lastEventId')
      asked.push({ kind: searchParams.get('kind')!, method: method!, hasId, cookie: headers.cookie })
      return void channel.node(req, res)
    })
    await using served = await serve(() => {}, server)
    await using browser = { browser: await launch(), [Symbol.asyncDispose]: () => browser.browser.close() }
    const page = await browser.browser.newPage()
    await page.goto(`${served.url}login`)
    await page.goto(host.url)
    await page.waitForFunction(() => 'read' in globalThis)
    await page.evaluate(
      ({ kinds, url }) => {
        const { read } = globalThis as unknown as { read(kind: string, url: string): void }
        for (const kind of kinds) read(kind, `${url}events?kind=${kind}`)
      },
      { kinds: KINDS, url: served.url },
    )

    let count = 0
    const publish = (): Promise<string> => channel.publish('tick', ++count)
    for (let round = 0; round <= RECONNECTS; round++) {
      await until(() => channel.connections === KINDS.length)
      await publish()
      if (round === RECONNECTS) break
      const closed = [...channel.readers].map((reader) => reader.closed)
      for (const reader of channel.readers) reader.close()
      await Promise.all(closed)
      await publish()
    }
    const look = () => page.evaluate(() => (globalThis as unknown as { readers: Record<string, number[]> }).readers)
    await expect
      .poll(look, { timeout: 30_000 })
      .toEqual(Object.fromEntries(KINDS.map((kind) => [kind, Array.from({ length: count }, (_, n) => n + 1)])))
    expect(mostReaders).toBe(KINDS.length)
    expect(errors).toEqual([])
    const of = (wanted: string) => asked.filter(({ kind }) => kind === wanted)
    for (const kind of KINDS) {
      const gets = of(kind).filter(({ method }) => method === 'GET')
      expect(gets.map(({ hasId }) => hasId)).toEqual([false, ...Array.from({ length: RECONNECTS }, () => true)])
      expect(new Set(gets.map(({ cookie }) => cookie))).toEqual(new Set(['session=1']))
    }
    // A request header of one's own is asked about, a query parameter is not.
    expect(of('connect').some(({ method }) => method === 'OPTIONS')).toBe(true)
    expect(of('query').some(({ method }) => method === 'OPTIONS')).toBe(false)
    await channel.close()
  },
)
