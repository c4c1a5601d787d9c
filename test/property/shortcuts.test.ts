import fc from 'fast-check'
import { afterEach, expect, it, vi } from 'vitest'
import { createParser } from '../../src/parser/create-parser.js'
import { Interpreter } from '../../src/parser/interpreter.js'
import { arbitraries } from '../../src/testing/arbitraries/index.js'
import { referenceTrace } from '../../src/testing/reference-parse.js'
import { recorder, traceParser } from '../support/fixtures/trace.js'
import { everyTwoWay, loadFixtures, perUnit } from '../support/fixtures/fixtures.mjs'
import { CUT_EVERYWHERE, TIMEOUT, cases } from './cases.js'

type Source = string | Uint8Array

afterEach(() => vi.restoreAllMocks())

/** What `act` gives where every text goes through the general loop. */
function withoutShortcuts<T>(act: () => T): T {
  const whole = vi.spyOn(Interpreter.prototype, '_takeWhole').mockReturnValue(false)
  const plain = vi.spyOn(Interpreter.prototype, '_mayBePlain').mockReturnValue(false)
  const result = act()
  whole.mockRestore()
  plain.mockRestore()
  return result
}

function expectAlike(source: Source, chunkings: Source[][]): void {
  const act = (): string => JSON.stringify(chunkings.map((chunks) => traceParser(chunks)))
  const reference = referenceTrace(source)
  const general = withoutShortcuts(act)
  expect(general).toBe(JSON.stringify(chunkings.map(() => reference)))
  expect(act()).toBe(general)
}

it('both shortcuts are taken, or this file proves nothing', () => {
  const whole = vi.spyOn(Interpreter.prototype, '_takeWhole')
  const plain = vi.spyOn(Interpreter.prototype, '_mayBePlain')
  const parser = createParser({ onEvent() {} })
  parser.feed('data: a\n\ndata: b\n\n')
  parser.feed('event: x\ndata: a\n\n')
  parser.feed(': beat\n\n')
  expect(plain.mock.results.map(({ value }) => value)).toEqual([true])
  expect(whole.mock.results.map(({ value }) => value)).toEqual([true, true])
})

it('every fixture tells the same without the shortcuts', { timeout: TIMEOUT }, () => {
  for (const { bytes } of loadFixtures()) {
    expectAlike(bytes, bytes.length > CUT_EVERYWHERE ? [[bytes]] : [[bytes], perUnit(bytes), ...everyTwoWay(bytes)])
  }
})

it('every stream tells the same without the shortcuts', { timeout: TIMEOUT }, () => {
  const streams: fc.Arbitrary<Source> = fc.oneof(arbitraries.stream(), arbitraries.streamText())
  fc.assert(
    fc.property(streams, (source) => expectAlike(source, [[source], perUnit(source), ...everyTwoWay(source)])),
    cases(5_000),
  )
})

const event = fc.constantFrom(
  'data: a\n\n',
  'event: x\ndata: b\n\n',
  'event\ndata\n\n',
  ': beat\n\n',
  'data: a\ndata: b\n\n',
  'id: 7\ndata: c\n\n',
  'data: d\r\n\r\n',
  'data: e',
  '\n',
  'event: y\n\n',
  'foo\n\n',
  '\uFEFF',
)

it('every row of events, of a chunk each or more, tells the same without the shortcuts', { timeout: TIMEOUT }, () => {
  fc.assert(
    fc.property(fc.array(fc.array(event, { maxLength: 3 }), { maxLength: 6 }), (rows) => {
      const chunks = rows.map((row) => row.join(''))
      expectAlike(chunks.join(''), [chunks])
    }),
    cases(5_000),
  )
})

it('the limit, a throw and a reset do the same without the shortcuts', { timeout: TIMEOUT }, () => {
  const plans = fc.record({
    rows: fc.array(fc.array(event, { maxLength: 3 }), { maxLength: 6 }),
    maxEventSize: fc.nat({ max: 12 }),
    acts: fc.array(fc.constantFrom('', '', 'throw', 'reset', 'feed', 'end'), { maxLength: 8 }),
    hears: fc.boolean(),
  })
  fc.assert(
    fc.property(plans, ({ rows, maxEventSize, acts, hears }) => {
      const act = (): unknown[] => {
        const { steps, callbacks } = recorder()
        const log: unknown[] = steps
        const left = [...acts]
        const { onComment, ...others } = callbacks
        const parser = createParser({
          ...others,
          ...(hears && { onComment }),
          maxEventSize,
          onEvent(told) {
            log.push(told)
            const next = left.shift()
            if (next === 'throw') throw new Error('asked for')
            if (next === 'reset') parser.reset()
            if (next === 'feed') parser.feed('data: f\n\n')
            if (next === 'end') parser.end()
          },
        })
        for (const row of rows) {
          try {
            parser.feed(row.join(''))
          } catch (error) {
            log.push(String(error))
          }
        }
        log.push(parser.lastEventId)
        return log
      }
      expect(act()).toEqual(withoutShortcuts(act))
    }),
    cases(5_000),
  )
})

// Their letters hold the byte of a line feed or a carriage return, and are searched in another way.
it.each([
  ['Gujarati', 'ગુજરાતી'],
  ['Gurmukhi', 'ਗੁਰਮੁਖੀ'],
  ['Malayalam', 'മലയാളം'],
  ['Sinhala', 'සිංහල'],
])('line ends are found among letters of %s, with NUL around them, however they are cut', (_, word) => {
  for (const lineEnd of ['\n', '\r', '\r\n']) {
    const text = [
      '\0',
      `data: ${word}`,
      '\0data',
      `data:\0${word}\0`,
      '',
      `data: ${word}`,
      `id: ${word}`,
      `${word}\0`,
      '',
      '',
    ]
      .join(`\0${lineEnd}\0`)
      .replaceAll(`\0${lineEnd}\0${lineEnd}`, `${lineEnd}${lineEnd}`)
    const streams = [
      text,
      text.repeat(12),
      `data: ${word}\0${lineEnd}${lineEnd}data:\0${word}${lineEnd}\0${lineEnd}${lineEnd}`,
      `data: ${word.repeat(200)}${lineEnd}${lineEnd}`.repeat(3),
    ]
    for (const stream of streams) {
      const bytes = new TextEncoder().encode(stream)
      const isShort = stream.length < 1000
      expectAlike(stream, [[stream], perUnit(stream), ...(isShort ? everyTwoWay(stream) : [])])
      expectAlike(bytes, [[bytes], perUnit(bytes), ...(isShort ? everyTwoWay(bytes) : [])])
    }
  }
})
