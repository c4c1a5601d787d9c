import { SECTION } from '../sections.js'
import { expectSame, expectThat } from '../suite.js'
import { Reader, type ServerCase } from './server-reader.js'
import { missedAfter } from './server-traffic.js'

const HOSTILE_IDS = [
  '-1',
  '0',
  'NaN',
  '__proto__',
  '../../x',
  "'; --",
  '%0d%0a',
  '\u00ff\u00fe',
  'x'.repeat(4000),
  '9'.repeat(400),
  '*',
  '$',
  '0-0',
]

export const RESUME: readonly ServerCase[] = [
  {
    name: 'nothing is lost after Last-Event-ID',
    rule: 'The header tells the server which event came last; the reader expects those after it.',
    section: SECTION.lastEventId,
    needs: ['resume'],
    run: (context) =>
      missedAfter(context, ({ missed, got }) => {
        const lost = missed.filter((each) => !got.includes(each))
        expectSame('events that never came', lost, [])
      }),
  },
  {
    name: 'nothing comes twice after Last-Event-ID',
    rule: 'The reader has the event whose id it names, and those before it.',
    section: SECTION.lastEventId,
    needs: ['resume'],
    run: (context) =>
      missedAfter(context, ({ known, got }) => {
        const twice = got.filter((each, at) => known.includes(each) || got.indexOf(each) !== at)
        expectSame('events that came twice', twice, [])
      }),
  },
  {
    name: 'missed events come in order',
    rule: 'The reader goes on where it was: what it missed comes first, oldest first.',
    section: SECTION.lastEventId,
    needs: ['resume'],
    run: (context) =>
      missedAfter(context, ({ missed, got }) => {
        const came = got.filter((each) => missed.includes(each))
        expectSame(
          'order of the events',
          came,
          missed.filter((each) => came.includes(each)),
        )
      }),
  },
  {
    name: 'an unknown Last-Event-ID is answered',
    rule: 'The header is whatever a reader sends: the server must neither fail nor hang.',
    section: SECTION.serverErrors,
    run: async (context) => {
      for (const id of HOSTILE_IDS) {
        await Reader.with(
          context,
          ({ response }) =>
            expectThat(
              response.status < 500,
              `status ${response.status} for Last-Event-ID ${JSON.stringify(id.slice(0, 40))}`,
            ),
          id,
        )
      }
    },
  },
  {
    name: 'Last-Event-ID is not echoed in a header',
    rule: 'What a reader sends has no place in the head of an answer.',
    section: SECTION.lastEventId,
    run: (context) =>
      Reader.with(
        context,
        ({ response }) => {
          const echo = [...response.headers].find(([, value]) => value.includes('echo-7f3a'))
          expectSame('header with the value sent', echo?.[0] ?? null, null)
        },
        'echo-7f3a',
      ),
  },
  {
    name: 'new events come after an unknown Last-Event-ID',
    rule: 'A reader whose position is not known is a reader all the same.',
    section: SECTION.lastEventId,
    needs: ['send'],
    run: (context) =>
      Reader.with(
        context,
        async (reader) => {
          if (reader.response.status !== 200) return 'the server refuses unknown ids'
          await context.send!({ data: 'after unknown' })
          const came = await reader.until(() => reader.events.some(({ data }) => data === 'after unknown'))
          expectThat(came, `a new event has not come within ${context.timeout} ms`)
          return undefined
        },
        'no-such-id',
      ),
  },
]
