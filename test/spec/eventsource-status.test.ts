import { equal, specify } from './eventsource/specify.js'

const FAILED = [{ type: 'error', readyState: 2 }]
const EVENT_STREAM = { 'content-type': 'text/event-stream' }
// Without a length some browsers take the end of the body for the beginning of the next answer.
const WITHOUT_BODY = { ...EVENT_STREAM, 'content-length': '0' }

for (const status of [201, 202, 203, 210, 299, 400, 401, 403, 404, 410, 429, 500, 502, 503, 599]) {
  specify(
    `status ${status} fails the connection, and nothing of its body is dispatched`,
    async ({ stage, play }) => {
      const { url, requests } = await stage([
        [{ status, headers: EVENT_STREAM }, { bytes: 'retry: 50\ndata: x\n\n' }],
        [{ event: { data: 'y' } }],
      ])
      equal(await play(url), FAILED)
      equal((await requests(1)).length, 1)
    },
    { differs: status === 401 ? 'status401' : undefined },
  )
}

for (const status of [204, 205]) {
  specify(`status ${status}, which has no body, fails the connection`, async ({ stage, play }) => {
    const { url, requests } = await stage([[{ status, headers: WITHOUT_BODY }]])
    equal(await play(url), FAILED)
    equal((await requests(1)).length, 1)
  })

  specify(`status ${status} after a reconnect closes`, async ({ stage, play }) => {
    const { url, requests } = await stage([[{ event: { retry: 50, data: 'a' } }], [{ status, headers: WITHOUT_BODY }]])
    equal(
      (await play(url)).map(({ type, readyState }) => [type, readyState]),
      [
        ['open', 1],
        ['message', 1],
        ['error', 0],
        ['error', 2],
      ],
    )
    equal((await requests(2)).length, 2)
  })
}

specify('a refused answer is released', async ({ stage, play }) => {
  const { url, closed } = await stage([
    [{ status: 500, headers: EVENT_STREAM }, { bytes: 'data: x\n\n' }, { stall: true }],
  ])
  equal(await play(url), FAILED)
  equal(await closed(1), 'client')
})
