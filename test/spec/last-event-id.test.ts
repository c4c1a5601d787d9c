import { expect, it } from 'vitest'
import { createParser } from '../../src/parser/create-parser.js'
import { testFixtures } from '../support/fixtures/spec.js'
import { recorder, traceParser } from '../support/fixtures/trace.js'

testFixtures('last-event-id')

it('takes effect at the blank line, before the event', () => {
  const { steps, callbacks } = recorder()
  const seen: string[] = []
  const parser = createParser({ ...callbacks, onId: (id) => seen.push(id, parser.lastEventId, String(steps.length)) })
  parser.feed('id: 1\ndata: a\n')
  expect(parser.lastEventId).toBe('')
  expect(seen).toEqual([])
  parser.feed('\n')
  expect(seen).toEqual(['1', '1', '0'])
  expect(parser.lastEventId).toBe('1')
})

it('starts from the one it is given', () => {
  expect(traceParser(['data: a\n\nid\ndata: b\n\n'], { lastEventId: '9' })).toMatchObject({
    events: [{ id: '9' }, { id: '' }],
    lastEventId: '',
  })
})

it('persists over the end of a stream; the id of an unfinished block does not', () => {
  const { steps, callbacks } = recorder()
  const parser = createParser(callbacks)
  parser.feed('id: 1\n\nid: 2\ndata: a\n')
  parser.end()
  expect(parser.lastEventId).toBe('1')
  parser.feed('data: b\n\n')
  expect(steps.at(-1)).toEqual({ type: 'event', event: { event: 'message', data: 'b', id: '1' } })
})

it('a reset takes it back, or to another one', () => {
  const parser = createParser({ lastEventId: '9' })
  parser.feed('id: 1\n\nid: 2\n')
  parser.reset()
  expect(parser.lastEventId).toBe('')
  parser.reset({ lastEventId: '5' })
  parser.feed('\n')
  expect(parser.lastEventId).toBe('5')
})
