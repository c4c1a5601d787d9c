// Ticks and a channel, also as a page of another origin sees them.
import { check } from './check.mjs'
import { readNews } from './news.mjs'
import { test as readTicks } from './ticks.mjs'

const ORIGIN = 'http://elsewhere.example'

export async function test(example) {
  await readTicks(example)
  const { url, signal } = example
  await readNews(url, signal)
  for (const path of ['', 'news']) {
    const answer = await fetch(url + path, { headers: { origin: ORIGIN } })
    const allowed = answer.headers.get('access-control-allow-origin')
    check(allowed === ORIGIN, 'the headers of CORS on the stream', allowed)
    await answer.body.cancel()
  }
  const headers = {
    origin: ORIGIN,
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'last-event-id',
  }
  const preflight = await fetch(url, { method: 'OPTIONS', headers })
  const allowed = preflight.headers.get('access-control-allow-headers')
  check(preflight.status === 204 && allowed === 'last-event-id', 'an answer to the preflight', allowed)
}
