import { describe, expect, it } from 'vitest'
import { isEventWireError } from '../../../src/errors.js'
import { hostClass } from '../../../src/streams/host-class.js'

describe('a class of the host that is missing', () => {
  it('is told with ERR_HOST when a class that extends it is made, not before', () => {
    class Heir extends hostClass<typeof Object>('NoSuchClass', 'Heir') {}
    let error: unknown
    try {
      void new Heir()
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ code: 'ERR_HOST', message: expect.stringMatching(/^Heir needs NoSuchClass,/) })
    expect(isEventWireError(error)).toBe(true)
  })

  it('is the one of the host where there is one', () => {
    expect(hostClass('EventTarget', 'Heir')).toBe(EventTarget)
  })
})
