import { encode, EncodeError, encodeComment, isEventWireError } from '../../src/encoder/index.js'
import { parse } from '../../src/parser/index.js'
import { EventEncoderStream } from '../../src/streams/index.js'
import { equal, isTrue, thrownBy } from '../spec/eventsource/within.js'
import type { Check } from './check.js'

export const encoderChecks: Check[] = [
  {
    name: 'encode writes the fields in order',
    run() {
      const message = { comment: 'c', event: 'e', id: 7, retry: 50, data: 'a\nb' }
      equal(encode(message), ': c\nevent: e\nretry: 50\ndata: a\ndata: b\nid: 7\n\n')
      equal(encodeComment('x\ny'), ': x\n: y\n')
      equal(parse(encode(message)), [{ event: 'e', data: 'a\nb', id: '7' }])
    },
  },
  {
    name: 'encode refuses what the format cannot carry',
    run() {
      const error = thrownBy(() => encode({ id: 'a\nb' })) as EncodeError
      isTrue(error instanceof EncodeError && error instanceof TypeError && isEventWireError(error), 'its class')
      equal([error.name, error.code, error.field], ['EncodeError', 'ERR_ENCODE_ID', 'id'])
    },
  },
  {
    name: 'EventEncoderStream makes the body of a Response',
    async run() {
      const { readable, writable } = new EventEncoderStream()
      const writer = writable.getWriter()
      void writer.write({ id: 1, data: 'ü' }).then(() => writer.close())
      equal(await new Response(readable as never).text(), 'data: ü\nid: 1\n\n')
    },
  },
]
