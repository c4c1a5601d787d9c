import { describe, expect, it } from 'vitest'
import { createParser } from '../../../src/parser/create-parser.js'
import type { Parser, ParserOptions } from '../../../src/parser/types.js'
import { referenceTrace } from '../../../src/testing/reference-parse.js'
import { recorder } from '../../support/fixtures/trace.js'
import { everyTwoWay, perUnit } from '../../support/fixtures/fixtures.mjs'

type Callbacks = Required<Pick<ParserOptions, 'onEvent' | 'onComment' | 'onRetry' | 'onId'>>
type Name = keyof Callbacks

const NAMES: Name[] = ['onEvent', 'onComment', 'onRetry', 'onId']
const STREAM =
  ': 1\nretry: 1\nid: 1\ndata: 1\n\n: 2\rretry: 2\rid: 2\rdata: 2\rdata: x\r\r: 3\r\nid: 3\r\n\r\ndata: 3\r\n\r\nretry: 4\n'
const FORMS: [string, (text: string) => string | Uint8Array][] = [
  ['text', (text) => text],
  ['bytes', (text) => new TextEncoder().encode(text)],
]

/** Records all that callbacks get; `also` runs after, with the parser and the number of the call. */
function recording(also: (name: Name, parser: Parser, call: number) => void): {
  parser: Parser
  steps: ReturnType<typeof recorder>['steps']
} {
  const { steps, callbacks } = recorder()
  let calls = 0
  const wrap = (name: Name) => (value: never) => {
    callbacks[name](value)
    also(name, parser, (calls += 1))
  }
  const parser: Parser = createParser(Object.fromEntries(NAMES.map((name) => [name, wrap(name)])))
  return { parser, steps }
}

describe.each(FORMS)('a callback that throws, %s', (_, form) => {
  it.each(NAMES)('%s: the error reaches the caller, and nothing is lost or told twice', (failing) => {
    for (const chunks of [[STREAM], perUnit(STREAM), ...everyTwoWay(STREAM)]) {
      let thrown = 0
      const { parser, steps } = recording((name) => {
        if (name === failing) throw new Error(`${name} ${(thrown += 1)}`)
      })
      let caught = 0
      const attempt = (act: () => void): void => {
        try {
          act()
        } catch (error) {
          caught += 1
          expect(error).toEqual(new Error(`${failing} ${thrown}`))
        }
      }
      for (const chunk of chunks) attempt(() => parser.feed(form(chunk)))
      // Each call goes on to the next error, at most.
      for (let round = 0; round < 10; round++) attempt(() => parser.feed(''))
      parser.end()

      const reference = referenceTrace(STREAM)
      if (JSON.stringify(steps) !== JSON.stringify(reference.steps)) expect(steps).toEqual(reference.steps)
      expect(caught).toBe(thrown)
      expect(parser.lastEventId).toBe(reference.lastEventId)
    }
  })

  it('the rest of the chunk is taken at the next feed, before the new chunk', () => {
    const { parser, steps } = recording((name, __, call) => {
      if (call === 1) throw new Error(name)
    })
    expect(() => parser.feed(form('data: 1\n\ndata: 2\n\nda'))).toThrow('onEvent')
    expect(steps).toHaveLength(1)
    parser.feed(form('ta: 3\n\n'))
    expect(steps).toEqual(referenceTrace('data: 1\n\ndata: 2\n\ndata: 3\n\n').steps)
  })

  it('or at end, which then ends the stream', () => {
    const { parser, steps } = recording((name, __, call) => {
      if (call === 1) throw new Error(name)
    })
    expect(() => parser.feed(form('data: 1\n\ndata: 2\n\ndata: 3'))).toThrow('onEvent')
    parser.end()
    parser.feed(form('\n\ndata: 4\n\n'))
    expect(steps).toEqual(referenceTrace('data: 1\n\ndata: 2\n\ndata: 4\n\n').steps)
  })

  it('an end that throws is still to come: it is done at the next call', () => {
    const { parser, steps } = recording((name, __, call) => {
      if (call <= 2) throw new Error(name)
    })
    expect(() => parser.feed(form('data: 1\n\ndata: 2\n\ndata: 3'))).toThrow('onEvent')
    expect(() => parser.end()).toThrow('onEvent')
    parser.feed(form('\n\ndata: 4\n\n'))
    expect(steps).toEqual(referenceTrace('data: 1\n\ndata: 2\n\ndata: 4\n\n').steps)
  })

  it('onId: the id is committed, and the event of its block is due', () => {
    const { parser, steps } = recording((name) => {
      if (name === 'onId') throw new Error(name)
    })
    expect(() => parser.feed(form('id: 7\ndata: a\n\n'))).toThrow('onId')
    expect(parser.lastEventId).toBe('7')
    expect(steps).toEqual([{ type: 'id', id: '7' }])
    parser.end()
    expect(steps).toEqual(referenceTrace('id: 7\ndata: a\n\n').steps)
  })

  it('a chunk larger than what is decoded at a time is not lost either', () => {
    const stream = Array.from({ length: 3000 }, (__, index) => `id: ${index}\ndata: line ${index} é\n\n`).join('')
    const { parser, steps } = recording((name, __, call) => {
      if (call % 700 === 0) throw new Error(name)
    })
    const memory = form(stream)
    for (let round = 0; round < 10; round++) {
      try {
        parser.feed(round === 0 ? memory : form(''))
      } catch {
        // What is left belongs to the parser: the sender may use the memory again.
        if (typeof memory !== 'string') memory.fill(0)
      }
    }
    expect(JSON.stringify(steps)).toBe(JSON.stringify(referenceTrace(stream).steps))
  })

  it('whatever is thrown reaches the caller as it is', () => {
    for (const value of [undefined, null, 'text', 0]) {
      const { parser } = recording(() => {
        throw value
      })
      let caught: unknown = 'nothing'
      try {
        parser.feed(form('data: a\n\n'))
      } catch (error) {
        caught = error
      }
      expect(caught).toBe(value)
    }
  })
})

describe.each(FORMS)('feed in a callback, %s', (_, form) => {
  it.each(NAMES)('%s: nested input is taken after the current chunk, in order', (from) => {
    let nested = 0
    const { parser, steps } = recording((name) => {
      if (name !== from || nested === 3) return
      parser.feed(form(`data: n${(nested += 1)}\n\n`))
      parser.feed(form(`: c${nested}\n`))
    })
    parser.feed(form(STREAM))
    const added = Array.from({ length: 3 }, (__, index) => `data: n${index + 1}\n\n: c${index + 1}\n`).join('')
    expect(steps).toEqual(referenceTrace(STREAM + added).steps)
  })

  it('the memory of nested bytes is free when the nested feed returns', () => {
    const seen: string[] = []
    const parser: Parser = createParser({
      onEvent({ data }) {
        seen.push(data)
        if (data !== 'first') return
        const memory = new TextEncoder().encode('data: nested\n\n')
        parser.feed(memory)
        memory.fill(0)
      },
    })
    parser.feed(form('data: first\n\ndata: second\n\n'))
    expect(seen).toEqual(['first', 'second', 'nested'])
  })

  it('it may split lines and code points over the chunks', () => {
    const bytes = new TextEncoder().encode('data: é\n\n')
    const seen: string[] = []
    const parser: Parser = createParser({
      onEvent({ data }) {
        seen.push(data)
        if (seen.length === 1) for (const byte of bytes) parser.feed(Uint8Array.of(byte))
      },
    })
    parser.feed(form('data: a\n\ndata: b\n'))
    parser.feed(form('data: c\n\n'))
    expect(seen).toEqual(['a', 'b\né', 'c'])
  })

  it('what is no chunk is refused at once', () => {
    let refused: unknown
    const parser: Parser = createParser({
      onEvent() {
        try {
          parser.feed(5 as never)
        } catch (error) {
          refused = error
        }
      },
    })
    parser.feed(form('data: a\n\n'))
    expect(refused).toBeInstanceOf(TypeError)
  })

  it('nested input outlives an error: it is taken after the rest of the chunk', () => {
    const { parser, steps } = recording((name, self, call) => {
      if (call !== 1) return
      self.feed(form('data: nested\n\n'))
      throw new Error(name)
    })
    expect(() => parser.feed(form('data: 1\n\ndata: 2\n\n'))).toThrow('onEvent')
    parser.feed(form('data: 3\n\n'))
    expect(steps.map((step) => step.type === 'event' && step.event.data)).toEqual(['1', '2', 'nested', '3'])
  })

  it('nested input outlives an error in a large chunk too: the rest comes first', () => {
    const stream = Array.from({ length: 3_000 }, (__, index) => `data: line ${index}\n\n`).join('')
    const { parser, steps } = recording((name, self, call) => {
      if (call !== 5) return
      self.feed(form('data: nested\n\n'))
      throw new Error(name)
    })
    expect(() => parser.feed(form(stream))).toThrow('onEvent')
    parser.feed(form('data: last\n\n'))
    const wanted = referenceTrace(`${stream}data: nested\n\ndata: last\n\n`)
    expect(JSON.stringify(steps)).toBe(JSON.stringify(wanted.steps))
  })

  it('ten thousand deep is no recursion', () => {
    let left = 10_000
    const parser: Parser = createParser({ onEvent: () => void ((left -= 1) > 0 && parser.feed(form('data: a\n\n'))) })
    parser.feed(form('data: a\n\n'))
    expect(left).toBe(0)
  })
})

describe.each(FORMS)('end in a callback, %s', (_, form) => {
  it.each(NAMES)('%s: the stream ends after the current chunk', (from) => {
    let ended = false
    const { parser, steps } = recording((name, self) => {
      if (name === from && !ended) {
        ended = true
        self.end()
      }
    })
    parser.feed(form(`${STREAM}data: cut`))
    parser.feed(form('\n\ndata: next\n\n'))
    const next = { type: 'event', event: { event: 'message', data: 'next', id: '3' } }
    expect(steps).toEqual([...referenceTrace(STREAM).steps, next])
  })
})

describe.each(FORMS)('reset in a callback, %s', (_, form) => {
  it.each(NAMES)('%s: drops the rest of the chunk, and starts anew', (from) => {
    let reset = false
    const { parser, steps } = recording((name, self) => {
      if (name === from && !reset) {
        reset = true
        self.reset({ lastEventId: 'r' })
      }
    })
    parser.feed(form(STREAM))
    const upTo = referenceTrace(STREAM).steps.findIndex((step) => step.type === from.slice(2).toLowerCase()) + 1
    expect(steps).toEqual(referenceTrace(STREAM).steps.slice(0, upTo))
    expect(parser.lastEventId).toBe('r')
    // A leading mark is one only at the start of a stream.
    parser.feed(form('\uFEFFdata: a\n\n'))
    expect(steps.slice(upTo)).toEqual([{ type: 'event', event: { event: 'message', data: 'a', id: 'r' } }])
  })

  it('drops what waits: nested input and what an error has left over', () => {
    const { parser, steps } = recording((name, self, call) => {
      if (call === 1) {
        self.feed(form('data: nested\n\n'))
        throw new Error(name)
      }
    })
    expect(() => parser.feed(form('data: 1\n\ndata: 2\n\n'))).toThrow('onEvent')
    parser.reset()
    parser.feed(form('data: 3\n\n'))
    expect(steps.map((step) => step.type === 'event' && step.event.data)).toEqual(['1', '3'])
  })

  it('takes what is fed after it in the same callback', () => {
    const { parser, steps } = recording((_name, self, call) => {
      if (call !== 1) return
      self.feed(form('data: dropped\n\n'))
      self.reset()
      self.feed(form('data: kept\n\n'))
    })
    parser.feed(form('data: 1\n\ndata: 2\n\n'))
    expect(steps.map((step) => step.type === 'event' && step.event.data)).toEqual(['1', 'kept'])
  })

  it('holds where the callback then throws', () => {
    const { parser, steps } = recording((name, self, call) => {
      if (call !== 1) return
      self.reset()
      throw new Error(name)
    })
    expect(() => parser.feed(form('data: 1\n\ndata: 2\n\n'))).toThrow('onEvent')
    parser.feed(form('data: 3\n\n'))
    expect(steps.map((step) => step.type === 'event' && step.event.data)).toEqual(['1', '3'])
  })

  it('drops what follows a line that began in the chunk before', () => {
    const { parser, steps } = recording((_name, self, call) => {
      if (call === 1) self.reset()
    })
    parser.feed(form('data: '))
    parser.feed(form('1\n\ndata: 2\n\n'))
    parser.feed(form('data: 3\n\n'))
    expect(steps.map((step) => step.type === 'event' && step.event.data)).toEqual(['1', '3'])
  })

  it('drops the chunks of a large input that are still to be decoded', () => {
    const { parser, steps } = recording((_name, self, call) => {
      if (call === 1) self.reset()
    })
    parser.feed(form('data: a\n\n'.repeat(10_000)))
    expect(steps).toHaveLength(1)
  })

  it('within the id that it changes: the event of that block is dropped', () => {
    const { parser, steps } = recording((name, self) => {
      if (name === 'onId') self.reset({ lastEventId: '9' })
    })
    parser.feed(form('id: 1\ndata: a\n\n'))
    expect(steps).toEqual([{ type: 'id', id: '1' }])
    expect(parser.lastEventId).toBe('9')
  })
})
