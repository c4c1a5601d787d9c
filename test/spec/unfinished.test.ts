import { describe, expect, it } from 'vitest'
import { OptionError } from '../../src/errors/option-error.js'
import { createParser } from '../../src/parser/create-parser.js'
import { parse } from '../../src/parser/parse.js'
import { loadFixtures, everyTwoWay, perUnit } from '../support/fixtures/fixtures.mjs'
import { recorder, traceOf, traceParser } from '../support/fixtures/trace.js'

const DELIVER = { unfinished: 'deliver' } as const

it.each<[stream: string, events: object[], lastEventId: string]>([
  ['data: a', [{ event: 'message', data: 'a', id: '' }], ''],
  ['data: a\n', [{ event: 'message', data: 'a', id: '' }], ''],
  ['data: a\r', [{ event: 'message', data: 'a', id: '' }], ''],
  ['data: a\r\n', [{ event: 'message', data: 'a', id: '' }], ''],
  ['data: a\n\n', [{ event: 'message', data: 'a', id: '' }], ''],
  ['data: a\r\r', [{ event: 'message', data: 'a', id: '' }], ''],
  ['data', [{ event: 'message', data: '', id: '' }], ''],
  ['data: a\nid: 7', [{ event: 'message', data: 'a', id: '7' }], '7'],
  ['event: x\ndata: a\ndata', [{ event: 'x', data: 'a\n', id: '' }], ''],
  ['id: 7', [], '7'],
  ['event: x', [], ''],
  ['', [], ''],
  [': c', [], ''],
])('deliver takes the last line and block as ended (%j)', (stream, events, lastEventId) => {
  for (const chunks of [[stream], perUnit(stream), ...everyTwoWay(stream)]) {
    const { steps, callbacks } = recorder()
    const parser = createParser(callbacks)
    for (const chunk of chunks) parser.feed(chunk)
    parser.end(DELIVER)
    const trace = traceOf(steps, parser.lastEventId)
    expect(trace.events).toEqual(events)
    expect(trace.lastEventId).toBe(lastEventId)
    // Nothing of it reaches the next stream.
    parser.feed('\uFEFFdata: next\n\n')
    expect(steps.at(-1)).toEqual({ type: 'event', event: { event: 'message', data: 'next', id: lastEventId } })
  }
  expect(parse(stream, DELIVER)).toEqual(events)
  expect(parse(stream, { unfinished: 'drop' })).toEqual(parse(stream))
  expect(parse(stream, { unfinished: undefined })).toEqual(parse(stream))
})

it('deliver tells what a stream that ends in two line feeds tells, of every fixture cut anywhere', () => {
  for (const { bytes } of loadFixtures()) {
    for (let cut = 0; cut <= Math.min(bytes.length, 60); cut++) {
      const head = bytes.slice(0, cut)
      const { steps, callbacks } = recorder()
      const parser = createParser(callbacks)
      parser.feed(head)
      parser.end(DELIVER)
      expect(traceOf(steps, parser.lastEventId)).toEqual(traceParser([head, new Uint8Array([10, 10])]))
    }
  }
})

it('a code point that is cut by the end is delivered as U+FFFD', () => {
  const bytes = new TextEncoder().encode('data: é').slice(0, -1)
  expect(parse(bytes, DELIVER)).toEqual([{ event: 'message', data: '\uFFFD', id: '' }])
})

it('the stream has ended also where a callback throws in between', () => {
  const seen: string[] = []
  let fails = true
  const parser = createParser({
    onEvent: ({ data }) => seen.push(data),
    onId() {
      if (fails) throw new Error('no')
    },
  })
  parser.feed('data: a\nid: 7')
  expect(() => parser.end(DELIVER)).toThrow('no')
  fails = false
  parser.feed('\uFEFFdata: b\n\n')
  expect(seen).toEqual(['a', 'b'])
  expect(parser.lastEventId).toBe('7')
})

describe('options', () => {
  it.each([[5], [null], [() => {}], ['a']])('%o is refused as options', (options) => {
    for (const act of [
      () => createParser(options as never),
      () => parse('', options as never),
      () => createParser().end(options as never),
      () => createParser().reset(options as never),
    ]) {
      expect(act).toThrow(OptionError)
      expect(act).toThrow('options: must be an object')
    }
  })

  it.each([['Deliver'], [true], [null]])('%o is refused as unfinished, and nothing is lost', (unfinished) => {
    const seen: string[] = []
    const parser = createParser({ onEvent: ({ data }) => seen.push(data) })
    parser.feed('data: a')
    expect(() => parser.end({ unfinished: unfinished as never })).toThrow('unfinished: must be one of drop, deliver')
    expect(() => parse('', { unfinished: unfinished as never })).toThrow(OptionError)
    parser.feed('b\n\n')
    expect(seen).toEqual(['ab'])
  })

  it('reset refuses an id that is no string, and forgets nothing then', () => {
    const seen: string[] = []
    const parser = createParser({ onEvent: ({ data, id }) => seen.push(data + id), lastEventId: '1' })
    parser.feed('data: a')
    expect(() => parser.reset({ lastEventId: 5 as never })).toThrow('lastEventId: must be a string')
    parser.feed('b\n\n')
    parser.reset({ lastEventId: undefined })
    expect(parser.lastEventId).toBe('')
    expect(seen).toEqual(['ab1'])
  })
})
