import { expect, it } from 'vitest'
import { encodeComment } from '../../../src/encoder/encode.js'
import { encode } from '../../../src/encoder/encode.js'

it.each(['', 'a', ' a ', ':', 'a\nb', 'a\r\nb\rc', '\n', 'data: x', 'a\n\ndata: x\n\n'])(
  '%j reads as one comment for each line',
  (text) => {
    const lines = text.split(/\r\n|\r|\n/)
    expect(encodeComment(text)).toBe(lines.map((line) => `: ${line}\n`).join(''))
    expect(encode({ comment: text })).toBe(encodeComment(text))
  },
)
