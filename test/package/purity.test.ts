import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { bundle } from '../support/bundle.js'

const CODE = `
  import { encode, encodeComment } from 'eventwire/encoder'
  import { createParser, parse } from 'eventwire/parser'
  const text = encodeComment('hi') + encode({ id: 1, event: 'tick', retry: 5, data: 'a\\nb' })
  const log = []
  const parser = createParser({
    onEvent: (event) => log.push(event.data),
    onComment: (text) => log.push(text),
    onRetry: (ms) => log.push(ms),
    onId: (id) => log.push(id),
  })
  for (const character of text) parser.feed(character)
  parser.end()
  globalThis.result = JSON.stringify({ log, parsed: parse(text), bytes: globalThis.bytes && parse(bytes) })
`

it('encoder and parser run in a context with no global of a host', async () => {
  const context: { result?: string } = {}
  runInNewContext(await bundle(CODE, { format: 'iife' }), context)
  const parsed = [{ event: 'tick', data: 'a\nb', id: '1' }]
  expect(JSON.parse(context.result!)).toEqual({ log: [' hi', 5, '1', 'a\nb'], parsed })
})

it('TextDecoder is the one global that bytes need', async () => {
  const context: Record<string, unknown> = { TextDecoder, bytes: new TextEncoder().encode('data: ü\n\n') }
  runInNewContext(await bundle(CODE, { format: 'iife' }), context)
  expect(JSON.parse(context['result'] as string).bytes).toEqual([{ event: 'message', data: 'ü', id: '' }])
})
