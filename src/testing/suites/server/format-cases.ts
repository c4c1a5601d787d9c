import { isEventStreamType } from '../../../wire/content-type.js'
import { ASCII_DIGITS, LINE_ENDING } from '../../../wire/field-rules.js'
import { SECTION } from '../sections.js'
import { expectSame, expectThat } from '../suite.js'
import { Reader, type ServerCase } from './server-reader.js'
import { sample } from './server-traffic.js'

export const HEAD: readonly ServerCase[] = [
  {
    name: 'the head does not wait for an event',
    rule: 'A reader announces the connection when the head is there; until then it cannot tell a slow server from a dead one.',
    section: SECTION.processing,
    run: (context) => Reader.with(context, () => {}),
  },
  {
    name: 'the status is 200',
    rule: 'Any other status fails the connection.',
    section: SECTION.processing,
    run: (context) => Reader.with(context, ({ response }) => expectSame('status', response.status, 200)),
  },
  {
    name: 'the content type is text/event-stream',
    rule: 'Any other content type fails the connection.',
    section: SECTION.processing,
    run: (context) =>
      Reader.with(context, ({ response }) => {
        const type = response.headers.get('content-type')
        expectThat(isEventStreamType(type), `expected text/event-stream, got ${JSON.stringify(type)}`)
      }),
  },
  {
    name: 'the content type names no charset but UTF-8',
    rule: 'The charset parameter may be given, and its value must be "utf-8" then.',
    section: SECTION.mimeType,
    run: (context) =>
      Reader.with(context, ({ response }) => {
        const charset = /;\s*charset="?([^";\s]*)/i.exec(response.headers.get('content-type') ?? '')?.[1]
        expectThat(charset === undefined || /^utf-8$/i.test(charset), `expected utf-8 or no charset, got ${charset}`)
      }),
  },
  {
    name: 'no cache may answer with it',
    rule: 'A response without no-store or no-cache may be stored and given to the next reader.',
    section: SECTION.caching,
    run: (context) =>
      Reader.with(context, ({ response }) => {
        const value = response.headers.get('cache-control') ?? ''
        expectThat(/no-store|no-cache/i.test(value), `expected Cache-Control: no-cache or no-store, got "${value}"`)
      }),
  },
]

/** A rule about each line of a sample. */
const lines = (
  name: string,
  rule: string,
  check: (field: string, value: string, line: string) => void,
): ServerCase => ({
  name,
  rule,
  section: SECTION.parsing,
  run: (context) =>
    sample(context, ({ text }) => {
      for (const line of text.split(LINE_ENDING)) {
        const colon = line.indexOf(':')
        if (line === '' || colon === 0) continue
        const value = colon === -1 ? '' : line.slice(colon + 1)
        check(colon === -1 ? line : line.slice(0, colon), value.startsWith(' ') ? value.slice(1) : value, line)
      }
    }),
})

export const FORMAT: readonly ServerCase[] = [
  {
    name: 'the stream is UTF-8',
    rule: 'Event streams must always be encoded as UTF-8.',
    section: SECTION.parsing,
    run: (context) =>
      sample(context, ({ bytes }) => {
        // A code point may still be on its way: only what is ill-formed is a fault.
        const decoder = new TextDecoder('utf-8', { fatal: true })
        try {
          decoder.decode(bytes, { stream: true })
        } catch {
          expectThat(false, 'the stream is not well-formed UTF-8')
        }
      }),
  },
  lines(
    'every line is a field readers know, or a comment',
    'All other fields are ignored, and what they say is lost.',
    (name, _value, line) =>
      expectThat(
        ['data', 'event', 'id', 'retry'].includes(name),
        `readers ignore the line ${JSON.stringify(line.slice(0, 80))}`,
      ),
  ),
  lines('retry is written in ASCII digits', 'A retry of anything but ASCII digits is ignored.', (name, value, line) =>
    expectThat(name !== 'retry' || ASCII_DIGITS.test(value), `readers ignore the line ${JSON.stringify(line)}`),
  ),
  lines('no id holds NUL', 'An id with U+0000 NULL is ignored: the position would stand still.', (name, value, line) =>
    expectThat(name !== 'id' || !value.includes('\0'), `readers ignore the line ${JSON.stringify(line)}`),
  ),
  {
    name: 'no event type comes without data',
    rule: 'A block without data dispatches nothing, whatever its type.',
    section: SECTION.interpretation,
    run: (context) =>
      sample(context, ({ text }) => {
        for (const block of text.split(/(?:\r\n|\r|\n){2}/).slice(0, -1)) {
          const fields = block.split(LINE_ENDING).map((line) => line.split(':')[0])
          expectThat(
            !fields.includes('event') || fields.includes('data'),
            `nobody gets the block ${JSON.stringify(block)}`,
          )
        }
      }),
  },
]
