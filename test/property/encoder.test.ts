import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeComment } from '../../src/encoder/encode.js'
import { encode } from '../../src/encoder/encode.js'
import { EncodeError } from '../../src/errors/encode-error.js'
import { parse } from '../../src/parser/parse.js'
import { arbitraries } from '../../src/testing/arbitraries/index.js'
import type { EventMessage } from '../../src/wire/types.js'
import { traceParser } from '../support/fixtures/trace.js'
import { TIMEOUT, cases } from './cases.js'

const LINE_ENDING = /\r\n|\r|\n/g

it('parse gives back what encode was given, as text and as bytes', { timeout: TIMEOUT }, () => {
  fc.assert(
    fc.property(arbitraries.message(), (message) => {
      const { event, data, id, retry, comment } = message
      const expected = {
        events: data === undefined ? [] : [{ event: event || 'message', data, id: String(id ?? '') }],
        ids: id === undefined ? [] : [String(id)],
        retries: retry === undefined ? [] : [retry],
        comments: comment === undefined ? [] : comment.split('\n').map((line) => ` ${line}`),
      }
      const text = encode(message)
      expect(encode(message, { strict: true })).toBe(text)
      expect(traceParser([text])).toMatchObject(expected)
      expect(traceParser([new TextEncoder().encode(text)])).toMatchObject(expected)
    }),
    cases(20_000),
  )
})

it('messages in a row stay apart', { timeout: TIMEOUT }, () => {
  fc.assert(
    fc.property(fc.array(arbitraries.message(), { maxLength: 5 }), (messages) => {
      const datas = messages.flatMap(({ data }) => (data === undefined ? [] : [data]))
      expect(parse(messages.map((message) => encode(message)).join('')).map((event) => event.data)).toEqual(datas)
    }),
    cases(5_000),
  )
})

// Beside hostile ones there are values that pass, so that hostile ones of the other fields are written at all.
const hostile = fc.oneof(
  { weight: 4, arbitrary: arbitraries.hostileText() },
  { weight: 4, arbitrary: fc.constantFrom('a', 'a: b', ': ', '0', '') },
  { weight: 1, arbitrary: fc.anything() },
)
const count = fc.oneof(hostile, fc.nat(), fc.integer(), fc.double())
const hostileMessage = fc.record(
  { data: hostile, event: hostile, id: fc.oneof(hostile, count), retry: count, comment: hostile },
  { requiredKeys: [] },
) as fc.Arbitrary<EventMessage>

/** The fields that break a rule, by the rules in words of this test. */
function faultsOf({ event, data, id, retry, comment }: EventMessage, strict: boolean): string[] {
  const isAbsent = (value: unknown): boolean => value === undefined
  const isText = (value: unknown): value is string => typeof value === 'string'
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
  const isOneLine = (text: string): boolean => !['\r', '\n', '\0'].some((character) => text.includes(character))
  const isTrimmed = (text: string): boolean =>
    ![' ', '\t'].some((space) => text.startsWith(space) || text.endsWith(space))
  const isCarried = (text: string): boolean => !text.includes('\r') && !/\p{Surrogate}/u.test(text)

  const rules = {
    data: isAbsent(data) || (isText(data) && (!strict || isCarried(data))),
    event: isAbsent(event) || (isText(event) && isOneLine(event) && !isAbsent(data)),
    id: isAbsent(id) || isCount(id) || (isText(id) && isOneLine(id) && isTrimmed(id)),
    retry: isAbsent(retry) || isCount(retry),
    comment: isAbsent(comment) || isText(comment),
    message: [data, event, id, retry, comment].some((value) => !isAbsent(value)),
  }
  return Object.entries(rules).flatMap(([field, holds]) => (holds ? [] : [field]))
}

it('no value makes a second event, or another field: it is carried or refused by name', { timeout: TIMEOUT }, () => {
  fc.assert(
    fc.property(hostileMessage, fc.boolean(), (message, strict) => {
      const { event, data, id, retry, comment } = message
      const faults = faultsOf(message, strict)
      let text: string
      try {
        text = encode(message, { strict })
      } catch (error) {
        expect(error).toBeInstanceOf(EncodeError)
        expect(faults).toContain((error as EncodeError).field)
        return
      }
      expect(faults).toEqual([])
      expect(traceParser([text])).toMatchObject({
        events:
          data === undefined
            ? []
            : [{ event: event || 'message', data: data.replace(LINE_ENDING, '\n'), id: String(id ?? '') }],
        ids: id === undefined ? [] : [String(id)],
        // The wire has no negative zero.
        retries: retry === undefined ? [] : [retry + 0],
        comments: comment === undefined ? [] : comment.split(LINE_ENDING).map((line) => ` ${line}`),
      })
    }),
    cases(20_000),
  )
})

it('a comment never becomes anything else', { timeout: TIMEOUT }, () => {
  fc.assert(
    fc.property(arbitraries.hostileText(), (text) => {
      const comments = text.split(LINE_ENDING).map((line) => ({ type: 'comment', text: ` ${line}` }))
      expect(traceParser([encodeComment(text)]).steps).toEqual(comments)
    }),
    cases(5_000),
  )
})
