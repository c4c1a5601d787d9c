import { equal, isTrue, sorted, specify } from './eventsource/specify.js'
import type { StageRequest } from './eventsource/stage.js'

specify('it asks with GET, for an event stream', async ({ stage, play }) => {
  const { url, requests } = await stage([])
  await play(url)
  const [request] = await requests(1)
  equal([request!.method, request!.body], ['GET', ''])
  equal([request!.headers['accept'], request!.lastEventId], ['text/event-stream', undefined])
})

specify(
  'it asks past all caches, and says so to the server',
  async ({ stage, play }) => {
    const { url, requests } = await stage([])
    await play(url)
    const [request] = await requests(1)
    isTrue(/no-cache|no-store/.test(request!.headers['cache-control']!), 'cache-control says no-cache')
  },
  { differs: 'pastCaches' },
)

specify('it asks again in the same way', async ({ stage, play }) => {
  const { url, requests } = await stage([[{ event: { id: '1', retry: 50, data: 'a' } }]])
  await play(url)
  const [first, second] = await requests(2)
  const headersOf = (request: StageRequest): unknown => {
    const { 'last-event-id': _, ...rest } = request.headers
    return sorted(Object.entries(rest).map((entry) => entry.join(': ')))
  }
  equal([second!.method, second!.url], [first!.method, first!.url])
  equal(headersOf(second!), headersOf(first!))
})

specify('the request is one for cross-origin use', async ({ stage, play }) => {
  const { url, requests } = await stage([])
  await play(url)
  const { headers } = (await requests(1))[0]!
  equal([headers['sec-fetch-mode'] ?? 'cors', headers['sec-fetch-dest'] ?? 'empty'], ['cors', 'empty'])
})

specify(
  'user and password of the URL are sent to a server that asks for them',
  async ({ stage, open, record }) => {
    const { url, requests } = await stage([[{ event: { data: 'a' } }, { stall: true }]], { asksForUser: true })
    const withUser = new URL(url)
    withUser.username = 'ü'
    withUser.password = 'p:w'
    const source = open(withUser.href)
    equal(source.url, withUser.href)
    await record(source).until(2)
    const [request] = await requests(1)
    equal(request!.headers['authorization'], `Basic ${btoa('\u00c3\u00bc:p:w')}`)
  },
  { differs: 'user' },
)
