import { describe, expect, it } from 'vitest'
import { LimitError } from '../../../src/errors/limit-error.js'
import { OptionError } from '../../../src/errors/option-error.js'
import { createParser } from '../../../src/parser/create-parser.js'
import { parse } from '../../../src/parser/parse.js'
import type { ParserOptions } from '../../../src/parser/types.js'
import { recorder } from '../../support/fixtures/trace.js'
import { everyTwoWay, perUnit } from '../../support/fixtures/fixtures.mjs'

/** Whether the stream passes, and how many events came before: the same for every cut, or it throws. */
function outcome(stream: string, options: ParserOptions): { passes: boolean; events: number } {
  const bytes = new TextEncoder().encode(stream)
  const cuts = [[stream], perUnit(stream), ...everyTwoWay(stream), [bytes], perUnit(bytes), ...everyTwoWay(bytes)]
  const outcomes = cuts.map((chunks: (string | Uint8Array)[]) => {
    let events = 0
    const parser = createParser({ ...options, onEvent: () => void (events += 1) })
    try {
      for (const chunk of chunks) parser.feed(chunk)
    } catch (error) {
      expect(error).toBeInstanceOf(LimitError)
      return JSON.stringify({ passes: false, events })
    }
    return JSON.stringify({ passes: true, events })
  })
  expect(new Set(outcomes).size, `one outcome for ${JSON.stringify(stream)}, not ${outcomes.join()}`).toBe(1)
  return JSON.parse(outcomes[0]!) as { passes: boolean; events: number }
}

const onComment = (): void => {}

describe('the size of an event', () => {
  it.each<[string, number, string, ParserOptions?]>([
    ['the value of a data line', 5, 'data: 12345\n\n'],
    ['without a space after the colon', 5, 'data:12345\n\n'],
    ['the second space, which is part of the value', 6, 'data:  12345\n\n'],
    ['code units, not bytes', 4, 'data: é中😀\n\n'],
    ['the LF between two data lines', 7, 'data: 123\ndata: 456\n\n'],
    ['each LF between empty data lines', 3, 'data\ndata:\ndata\ndata: \n\n'],
    ['every field', 12, 'event: 123\nid: 456\nretry: 789\ndata: abc\n\n'],
    ['fields that come again', 6, 'event: 12\nevent: 34\nevent: 56\n\n'],
    ['ids that are ignored for a NUL', 4, 'id: 1\0\nid: 2\0\n\n'],
    ['times that are no digits', 4, 'retry: abcd\n\n'],
    ['an unfinished block', 4, 'data: 1234\n'],
    ['an unfinished line', 4, 'data: 1234'],
    ['the LF before an unfinished data line', 4, 'data: 123\ndata:'],
    ['CRLF as one line end', 7, 'data: 123\r\ndata: 456\r\n\r\n'],
    ['CR as one line end', 7, 'data: 123\rdata: 456\r\r'],
    [
      'a comment somebody listens to, on top of the fields',
      8,
      'data: 123\n: abc\n: defg\ndata: 456\n\n',
      { onComment },
    ],
    ['a comment alone', 4, ':1234\n', { onComment }],
    ['an unfinished comment', 4, ':1234', { onComment }],
    ['the space of an unfinished comment, which is part of it', 5, ': 1234', { onComment }],
  ])('counts %s', (_, size, stream, options) => {
    expect(outcome(stream, { ...options, maxEventSize: size }).passes).toBe(true)
    expect(outcome(stream, { ...options, maxEventSize: size - 1 }).passes).toBe(false)
  })

  it.each<[string, string]>([
    ['unknown fields', `foo: ${'x'.repeat(99)}\ndata: 1\n\n`],
    ['unknown names', `${'x'.repeat(99)}\ndata: 1\n\n`],
    ['names that begin like a field', `data: 1\ndatabase: ${'x'.repeat(99)}\nid2: ${'x'.repeat(99)}\n\n`],
    ['names that begin like a field, a letter at a time', 'data: 1\ndatax\nevents: xxxxx\nidx: xxx\nretrys: xxx\n\n'],
    ['comments nobody listens to', `: ${'x'.repeat(99)}\ndata: 1\n: ${'x'.repeat(99)}\n\n`],
    ['an unfinished comment nobody listens to', `data: 1\n: ${'x'.repeat(99)}`],
    ['an unfinished unknown field', `data: 1\nfoo: ${'x'.repeat(99)}`],
    ['names of fields and line ends', 'data: 1\r\nevent\r\nid\r\nretry\r\n\r\n'],
    ['blocks before', 'data: 1\n\ndata: 2\n\nid: 3\n\nevent: 4\n\ndata: 5\n\n'],
    ['a byte order mark', '\uFEFFdata: 1\n\n'],
  ])('does not count %s', (_, stream) => {
    expect(outcome(stream, { maxEventSize: 1 }).passes).toBe(true)
  })

  it('comments one after the other count one by one', () => {
    expect(outcome(':1234\n:1234\n:1234\ndata: 1234\n\n', { maxEventSize: 4, onComment }).passes).toBe(true)
  })
})

describe('past the limit', () => {
  it('events before were delivered, in every cut', () => {
    expect(outcome('data: 1\n\ndata: 2\n\ndata: 12345\n\ndata: 3\n\n', { maxEventSize: 4 })).toEqual({
      passes: false,
      events: 2,
    })
  })

  it('a line fails while it arrives, before it ends', () => {
    const parser = createParser({ maxEventSize: 4 })
    parser.feed('data: 12')
    parser.feed('34')
    expect(() => parser.feed('5')).toThrow(LimitError)
  })

  it('feed throws again until a reset; end does not', () => {
    const { steps, callbacks } = recorder()
    const parser = createParser({ ...callbacks, maxEventSize: 4 })
    expect(() => parser.feed('id: 1\n\nid: 2\ndata: 12345\n\ndata: 1\n\n')).toThrow(LimitError)
    expect(() => parser.feed('')).toThrow(LimitError)
    parser.end()
    expect(() => parser.feed('data: 1\n\n')).toThrow(LimitError)
    expect(parser.lastEventId).toBe('1')
    expect(steps).toEqual([{ type: 'id', id: '1' }])

    parser.reset({ lastEventId: parser.lastEventId })
    parser.feed('data: 1\n\n')
    expect(steps.at(-1)).toEqual({ type: 'event', event: { event: 'message', data: '1', id: '1' } })
  })

  it('nothing of the event that was too large is left after the reset', () => {
    const { steps, callbacks } = recorder()
    const parser = createParser({ ...callbacks, maxEventSize: 4 })
    expect(() => parser.feed('event: x\ndata: 1\ndata: 12345')).toThrow(LimitError)
    parser.reset()
    parser.feed('data: 1234\n\n')
    expect(steps).toEqual([{ type: 'event', event: { event: 'message', data: '1234', id: '' } }])
  })

  it('a reset in the callback before it makes it not happen', () => {
    let reset = false
    const parser = createParser({
      maxEventSize: 4,
      onEvent() {
        parser.reset()
        reset = true
      },
    })
    parser.feed('data: 1\n\ndata: 12345\n\n')
    expect(reset).toBe(true)
    parser.feed('data: 1\n\n')
  })

  it('nested input fails too, and is dropped', () => {
    let calls = 0
    const parser = createParser({
      maxEventSize: 4,
      onEvent() {
        calls += 1
        parser.feed('data: 2\n\n')
      },
    })
    expect(() => parser.feed('data: 1\n\ndata: 12345\n\n')).toThrow(LimitError)
    parser.reset()
    parser.feed('')
    expect(calls).toBe(1)
  })

  it('the error names the limit', () => {
    expect(() => parse('data: 12345\n\n', { maxEventSize: 4 })).toThrow(
      expect.objectContaining({ name: 'LimitError', code: 'ERR_EVENT_TOO_LARGE', limit: 4 }),
    )
  })
})

describe('maxEventSize', () => {
  it.each([-1, NaN, '5', null, {}])('%o is refused', (maxEventSize) => {
    expect(() => createParser({ maxEventSize: maxEventSize as never })).toThrow(OptionError)
    expect(() => createParser({ maxEventSize: maxEventSize as never })).toThrow(/^maxEventSize: /)
  })

  it('0 lets through events without text', () => {
    expect(outcome('data\n\nevent\nid\ndata:\n\n', { maxEventSize: 0 })).toEqual({ passes: true, events: 2 })
    expect(outcome('data: 1\n\n', { maxEventSize: 0 }).passes).toBe(false)
  })

  it('is 64 Mi code units where nothing is said, and Infinity lifts it', () => {
    const line = `data: ${'x'.repeat(64 * 1024 * 1024)}`
    expect(() => createParser().feed(line)).not.toThrow()
    expect(() => createParser().feed(`${line}x`)).toThrow(LimitError)
    expect(() => createParser({ maxEventSize: Infinity }).feed(`${line}x`)).not.toThrow()
  })
})
