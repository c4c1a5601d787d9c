import { describe, expect, it } from 'vitest'
import { ReaderModel } from '../../../src/cli/page/reader-model.js'

const tick = (number: number) => ({ event: 'tick', id: String(number), data: JSON.stringify({ number }) })

function opened(): ReaderModel {
  const model = new ReaderModel('a', () => {})
  model.enter('connecting')
  model.enter('open')
  return model
}

describe('ReaderModel', () => {
  it('counts what is lost and what comes again, where events are numbered', () => {
    const model = opened()
    for (const number of [1, 2, 5, 5, 6]) model.take(tick(number))
    expect(model).toMatchObject({ received: 5, lost: 2, repeated: 1, lastEventId: '6' })
  })

  it('counts repeated ids where they are not, and knows of no loss', () => {
    const model = opened()
    for (const id of ['a', 'b', 'a']) model.take({ event: 'message', id, data: 'x' })
    expect(model).toMatchObject({ received: 3, lost: undefined, repeated: 1 })
  })

  it('tells the story of a break', () => {
    const model = opened()
    model.take(tick(7))
    expect(model.resume).toBeUndefined()
    model.enter('waiting', 'lost.')
    expect(model.resume).toEqual({ after: '7', why: 'lost.', isOpen: false })
    model.enter('connecting')
    model.enter('open')
    model.take(tick(8))
    model.take(tick(9))
    expect(model.resume).toMatchObject({ isOpen: true, first: tick(8) })
    expect(model).toMatchObject({ resumedFrom: '7', connections: 2, attempts: 2, lost: 0 })
  })

  it('counts gaps that are told', () => {
    const model = opened()
    model.take({ event: 'reset', id: '9', data: '{}' })
    expect(model).toMatchObject({ gaps: 1, lastEventId: '9' })
  })
})
