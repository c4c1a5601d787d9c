import { equal, specify } from './eventsource/specify.js'

const ANY_ORIGIN = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }

for (const status of [301, 302, 303, 307, 308]) {
  specify(`a redirect with ${status} is followed, and does not change url`, async ({ stage, open, record }) => {
    const { url, requests } = await stage([
      [{ redirect: 'play?to', status }],
      [{ event: { data: 'a' } }, { stall: true }],
    ])
    const source = open(url)
    const [first, second] = await record(source).until(2)
    equal([first!.type, second!.data, source.url], ['open', 'a', url])
    const [, last] = await requests(2)
    equal(
      [last!.method, last!.url, last!.headers['accept']],
      ['GET', `${new URL(url).pathname}?to`, 'text/event-stream'],
    )
  })
}

specify('origin is that of the final URL', async ({ stage, open, record }) => {
  const { otherUrl, url } = await stage([[{ event: { data: 'a' } }, { stall: true }]], { headers: ANY_ORIGIN })
  const { url: from } = await stage([[{ redirect: otherUrl }]])
  const [, message] = await record(open(from)).until(2)
  equal(message!.origin, new URL(otherUrl).origin)
  equal(new URL(from).origin, new URL(url).origin)
})

specify('the last event ID is sent through redirects', async ({ stage, open, record }) => {
  const { url, requests } = await stage([
    [{ redirect: 'play?first' }],
    [{ event: { id: '1', retry: 50, data: 'a' } }],
    [{ redirect: 'play?second' }],
    [{ event: { data: 'b' } }, { stall: true }],
  ])
  await record(open(url)).until(5)
  equal(
    (await requests(4)).map((request) => request.lastEventId),
    [undefined, undefined, '1', '1'],
  )
})

specify(
  'the next attempt starts from where the redirects led to',
  async ({ stage, open, record }) => {
    const { url, requests } = await stage([
      [{ redirect: 'play?to' }],
      [{ event: { id: '1', retry: 50, data: 'a' } }],
      [{ event: { data: 'b' } }, { stall: true }],
    ])
    await record(open(url)).until(5)
    equal(
      (await requests(3)).map((request) => new URL(request.url, url).search),
      ['', '?to', '?to'],
    )
  },
  { differs: 'afterRedirect' },
)

specify('a redirect that ends in a refusal fails the connection', async ({ stage, play }) => {
  const { url } = await stage([[{ redirect: 'play?to' }], [{ status: 404 }]])
  equal(await play(url), [{ type: 'error', readyState: 2 }])
})
