import { equal, isTrue, specify, within } from '../spec/eventsource/specify.js'

const ANY_ORIGIN = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }
const page = globalThis as unknown as { document: { cookie: string }; location: Location }

specify('another origin is asked without credentials, and may answer any origin', async ({ stage, open, record }) => {
  page.document.cookie = 'spec=1'
  const { otherUrl, requests } = await stage([[{ event: { data: 'a' } }, { stall: true }]], { headers: ANY_ORIGIN })
  const [, message] = await record(open(otherUrl)).until(2)
  equal([message!.data, message!.origin], ['a', new URL(otherUrl).origin])
  const [request] = await requests(1)
  equal([request!.method, request!.headers['cookie']], ['GET', undefined])
  equal(request!.headers['origin'], page.location.origin)
})

specify('withCredentials sends cookies to another origin, which must allow it', async ({ stage, open, record }) => {
  page.document.cookie = 'spec=1'
  const { otherUrl, requests } = await stage([[{ event: { data: 'a' } }, { stall: true }]], {
    headers: { 'access-control-allow-origin': page.location.origin, 'access-control-allow-credentials': 'true' },
  })
  await record(open(otherUrl, { withCredentials: true })).until(2)
  const [request] = await requests(1)
  isTrue(/\bspec=1\b/.test(request!.headers['cookie'] ?? ''), 'the cookie is sent')
})

specify('the own origin gets cookies with and without withCredentials', async ({ stage, open, record }) => {
  page.document.cookie = 'spec=1'
  const { url, requests } = await stage([
    [{ event: { data: 'a' } }, { stall: true }],
    [{ event: { data: 'a' } }, { stall: true }],
  ])
  await record(open(url)).until(2)
  await record(open(url, { withCredentials: true })).until(2)
  for (const request of await requests(2)) isTrue(/\bspec=1\b/.test(request.headers['cookie'] ?? ''), 'it is sent')
})

specify('another origin that allows nobody is not heard', async ({ stage, open, record }) => {
  const { otherUrl } = await stage([[{ event: { data: 'a' } }, { stall: true }]])
  const [first] = await record(open(otherUrl)).until(1)
  equal(first!.type, 'error')
})

specify('with withCredentials "*" is not enough', async ({ stage, open, record }) => {
  const { otherUrl } = await stage([[{ event: { data: 'a' } }, { stall: true }]], { headers: ANY_ORIGIN })
  const [first] = await record(open(otherUrl, { withCredentials: true })).until(1)
  equal(first!.type, 'error')
})

specify(
  'a refusal by the other origin closes at once: to ask again is futile',
  async ({ stage, open, record }) => {
    const { otherUrl } = await stage([])
    equal(await record(open(otherUrl)).until(1), [{ type: 'error', readyState: 2 }])
  },
  { differs: 'refusal' },
)

specify(
  'the reconnect to another origin takes no preflight',
  async ({ stage, open, record }) => {
    const { otherUrl, requests } = await stage(
      [[{ bytes: 'retry: 50\nid: 1\ndata: a\n\n' }], [{ event: { data: 'b' } }, { stall: true }]],
      { headers: ANY_ORIGIN },
    )
    await record(open(otherUrl)).until(5)
    equal(
      (await requests(2)).map(({ method, lastEventId }) => [method, lastEventId]),
      [
        ['GET', undefined],
        ['GET', '1'],
      ],
    )
  },
  { differs: 'preflight' },
)

specify('the reconnect to another origin says which event came last', async ({ stage, open, record }) => {
  const { otherUrl, requests } = await stage(
    [[{ bytes: 'retry: 50\nid: 1\ndata: a\n\n' }], [{ event: { data: 'b' } }, { stall: true }]],
    { headers: ANY_ORIGIN },
  )
  await record(open(otherUrl)).until(5)
  const last = (await within('the requests', requests(2))).at(-1)!
  equal([last.method, last.lastEventId], ['GET', '1'])
})
