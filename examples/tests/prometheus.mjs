import { connect } from 'eventwire/client'
import { check, until } from './check.mjs'

export async function test({ url, signal }) {
  const metrics = async () => (await fetch(`${url}metrics`)).text()
  const connection = connect(url, { signal, backoff: { min: 100, max: 500 } })
  await connection.next()
  const text = await metrics()
  for (const line of ['event_readers 1\n', 'events_published_total{event="tick"} ', 'events_sent_total ']) {
    check(text.includes(line), line, text)
  }
  await connection.close()
  const hasLeft = async () => (await metrics()).includes('events_closed_total{reason="disconnected"} 1')
  await until(hasLeft, 'the reader is counted as gone', signal)
}
