import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { bundle } from '../support/bundle.js'

const CEILINGS = [
  { what: 'encoder', code: `export { encode } from 'eventwire/encoder'`, bytes: 750 },
  { what: 'parser', code: `export { createParser } from 'eventwire/parser'`, bytes: 3130 },
  { what: 'events()', code: `export { events } from 'eventwire/streams'`, bytes: 5950 },
  { what: 'client', code: `export { connect } from 'eventwire/client'`, bytes: 12650 },
  { what: 'EventSource', code: `export { EventSource } from 'eventwire/eventsource'`, bytes: 10500 },
  { what: 'eventStream()', code: `export { eventStream } from 'eventwire/server'`, bytes: 7050 },
  { what: 'server', code: `export { createChannel, eventStream } from 'eventwire/server'`, bytes: 16200 },
]

it.each(CEILINGS)('$what, minified and compressed, is at most $bytes bytes', async ({ code, bytes }) => {
  expect(gzipSync(await bundle(code, { minify: true }), { level: 9 }).length).toBeLessThanOrEqual(bytes)
})

it.each(CEILINGS)('$what, lowered to ES2020 as older bundlers do, is at most 1.1 times as large', async ({ code }) => {
  const size = async (lowered: boolean) => gzipSync(await bundle(code, { minify: true, lowered }), { level: 9 }).length
  expect((await size(true)) / (await size(false))).toBeLessThanOrEqual(1.1)
})

it('encode alone brings in nothing else, from whichever entry', async () => {
  const alone = await bundle(`export { encode } from 'eventwire/encoder'`)
  expect(await bundle(`export { encode } from 'eventwire'`)).toBe(alone)
  const unused = `import 'eventwire'; import 'eventwire/client'; import 'eventwire/server'`
  expect(await bundle(unused, { minify: true })).toBe('')
})

it('leaves out of a bundle what it does not use', async () => {
  const encoder = await bundle(`export { encode } from 'eventwire'`)
  for (const foreign of ['TextDecoder', 'fetch', 'setTimeout', 'LimitError', 'ConnectError', 'lastEventId']) {
    expect(encoder).not.toContain(foreign)
  }
  const parser = await bundle(`export { createParser } from 'eventwire'`)
  for (const foreign of ['fetch', 'setTimeout', 'EncodeError', 'ConnectError', 'ReadableStream', 'EventTarget']) {
    expect(parser).not.toContain(foreign)
  }
  const client = await bundle(`export { connect } from 'eventwire'`)
  for (const foreign of ['EncodeError', 'EventTarget', 'TransformStream', 'node:', 'process']) {
    expect(client).not.toContain(foreign)
  }
})
