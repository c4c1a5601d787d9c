import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { OptionError } from '../../../src/errors/option-error.js'
import { createParser } from '../../../src/parser/create-parser.js'
import { parse } from '../../../src/parser/parse.js'

const EVENT = { event: 'message', data: 'a', id: '' }

describe('feed', () => {
  it.each([
    [undefined],
    [null],
    [5],
    [{}],
    [[100]],
    [new ArrayBuffer(4)],
    [new DataView(new ArrayBuffer(4))],
    [new Uint16Array(2)],
  ])('refuses %o, and goes on with the next', (chunk) => {
    const seen: string[] = []
    const parser = createParser({ onEvent: ({ data }) => seen.push(data) })
    parser.feed('data: a')
    expect(() => parser.feed(chunk as never)).toThrow(TypeError)
    expect(() => parser.feed(chunk as never)).toThrow(/string|Uint8Array/)
    parser.feed('b\n\n')
    expect(seen).toEqual(['ab'])
  })

  it('takes the Uint8Array of another realm, and its subclasses', () => {
    const foreign = runInNewContext("Uint8Array.from('data: a\\n\\n', (c) => c.charCodeAt(0))") as Uint8Array
    expect(foreign).not.toBeInstanceOf(Uint8Array)
    expect(parse(foreign)).toEqual([EVENT])
    expect(parse(Buffer.from('data: a\n\n'))).toEqual([EVENT])
    expect(parse(new Uint8Array(new TextEncoder().encode('data: a\n\n')))).toEqual([EVENT])
  })

  it('takes text and bytes in turn', () => {
    const seen: string[] = []
    const parser = createParser({ onEvent: ({ data }) => seen.push(data) })
    parser.feed('da')
    parser.feed(new TextEncoder().encode('ta: é'))
    parser.feed('x\n')
    parser.feed(new TextEncoder().encode('\n'))
    expect(seen).toEqual(['éx'])
  })

  it('gives an event of its own at each call, which is the listener’s to keep', () => {
    const events: object[] = []
    createParser({ onEvent: (event) => void events.push(event) }).feed('data: a\n\ndata: a\n\n')
    expect(events).toEqual([EVENT, EVENT])
    expect(events[0]).not.toBe(events[1])
  })
})

describe('createParser', () => {
  it('needs no option at all', () => {
    const parser = createParser()
    parser.feed('id: 1\nretry: 5\n: c\ndata: a\n\n')
    parser.end()
    expect(parser.lastEventId).toBe('1')
  })

  it.each([[5], [null], [{}]])('refuses %o as lastEventId', (lastEventId) => {
    expect(() => createParser({ lastEventId: lastEventId as never })).toThrow(OptionError)
    expect(() => createParser({ lastEventId: lastEventId as never })).toThrow(/^lastEventId: /)
  })

  it('its methods can be taken off it', () => {
    const seen: string[] = []
    const { feed, end, reset } = createParser({ onEvent: ({ data }) => seen.push(data) })
    feed('data: a\n\ndata: b')
    end()
    reset()
    feed('\n\n')
    expect(seen).toEqual(['a'])
  })

  it('has no accessor, which would make engines look up each call by a hash', () => {
    const properties = Object.entries(Object.getOwnPropertyDescriptors(createParser()))
    expect(properties.filter(([, property]) => property.get || property.set)).toEqual([])
    expect(properties.map(([name]) => name)).toEqual(['lastEventId', 'feed', 'end', 'reset'])
  })

  it('two parsers share nothing', () => {
    const seen: string[] = []
    const [one, two] = [1, 2].map((name) => createParser({ onEvent: ({ data }) => seen.push(`${name} ${data}`) }))
    one!.feed(new Uint8Array([0x64, 0x61, 0x74, 0x61, 0x3a, 0xc3]))
    two!.feed(new TextEncoder().encode('data: b\n\n'))
    one!.feed(new Uint8Array([0xa9, 0x0a, 0x0a]))
    expect(seen).toEqual(['2 b', '1 é'])
  })
})

describe('parse', () => {
  it('passes options on, and calls onEvent too', () => {
    const seen: unknown[] = []
    const events = parse('id\ndata: a\n\n: c\nretry: 5\n', {
      lastEventId: '9',
      onEvent: (event) => seen.push(event),
      onComment: (text) => seen.push(text),
      onRetry: (ms) => seen.push(ms),
      onId: (id) => seen.push(id),
    })
    expect(events).toEqual([EVENT])
    expect(seen).toEqual(['', EVENT, ' c', 5])
  })

  it('seeds the last event ID', () => {
    expect(parse('data: a\n\n', { lastEventId: '9' })).toEqual([{ ...EVENT, id: '9' }])
  })

  it('gives an empty list for an empty stream', () => {
    expect(parse('')).toEqual([])
    expect(parse(new Uint8Array())).toEqual([])
  })
})

it.each(['onEvent', 'onComment', 'onRetry', 'onId', 'onIgnored'])('refuses %s that is no function', (name) => {
  for (const value of [5, 'x', {}, null]) {
    expect(() => createParser({ [name]: value })).toThrow(expect.objectContaining({ code: 'ERR_OPTION', option: name }))
  }
  expect(createParser({ [name]: undefined })).toBeTypeOf('object')
})
