import picocolors from 'picocolors'

type Colors = ReturnType<typeof picocolors.createColors>

/** A terminal that knows how to write a line over. */
export const canRewrite = (stream: { isTTY?: boolean }): boolean =>
  stream.isTTY === true && process.env['TERM'] !== 'dumb'

/** Colours where `stream` is a terminal and NO_COLOR is not set, plain text elsewhere. */
export function paintFor(stream: { isTTY?: boolean }): Colors {
  const isPlain = (process.env['NO_COLOR'] ?? '') !== ''
  return picocolors.createColors(canRewrite(stream) && !isPlain)
}

/** Control characters: what a server sends must not steer the terminal. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** Text of others, with its control characters made visible. Tab and line feed stay. */
export function visible(text: string): string {
  return text.replaceAll(CONTROL, (char) => {
    const code = char.charCodeAt(0)
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** JSON that steers no terminal either: JSON.stringify leaves C1 and DEL as they are. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
