import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { bundle } from '../support/bundle.js'

interface Ceiling {
  what: string
  from: string
  names: string
  bytes: number
}

// The one list of them, which the benchmark reads as well.
const ceilings = new URL('../../bench/ceilings.json', import.meta.url)
const CEILINGS = (JSON.parse(readFileSync(ceilings, 'utf8')) as Ceiling[]).map((row) => ({
  ...row,
  code: `export { ${row.names} } from 'eventwire/${row.from}'`,
}))

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
