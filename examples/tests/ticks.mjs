// The examples that send ticks, one second apart, and go on after the id that they are asked with.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { connect } from 'eventwire/client'
import { check, until } from './check.mjs'

const run = promisify(execFile)

export async function test({ url, output, signal }) {
  await readWithClient(url, signal)
  await until(() => output().includes('a reader left'), 'the note that a reader left', signal)
  await readWithCurl(url)
}

async function readWithClient(url, signal) {
  const ticks = []
  // The client waits for a server that is not up yet.
  const connection = connect(url, { signal, lastEventId: '41', backoff: { min: 100, max: 500 } })
  for await (const { event, id, data } of connection) {
    ticks.push({ event, id, data })
    if (ticks.length === 2) break
  }
  const expected = [42, 43].map((n) => ({ event: 'tick', id: String(n), data: JSON.stringify({ n }) }))
  check(JSON.stringify(ticks) === JSON.stringify(expected), 'two ticks', ticks)
  const type = connection.response?.headers.get('content-type')
  check(type === 'text/event-stream', 'an event stream', type)
}

async function readWithCurl(url) {
  const { stdout } = await run('curl', ['-sN', '--max-time', '2.5', '-H', 'Last-Event-ID: 7', url]).catch(
    (error) => error,
  )
  check(stdout.includes('event: tick\ndata: {"n":8}\nid: 8\n\n'), 'a tick by curl', stdout)
}
