import { connect } from 'eventwire/client'
import { check } from './check.mjs'

/** Reads the channel of an example, which `/publish` publishes to. */
export async function readNews(url, signal) {
  const connection = connect(`${url}news`, { signal })
  await connection.opened
  const published = await fetch(`${url}publish`)
  check(published.ok, 'a publish', published.status)
  const { value } = await connection.next()
  check(value?.raw === '{"text":"hello"}', 'the news', value)
  await connection.close()
}
