import type { Step } from '../../script/steps.js'
import { SECTION } from '../sections.js'
import { expectSame } from '../suite.js'
import { message, RECONNECT, soon, STALL, type ClientCase } from './client-case.js'
import type { Trial } from './client-trial.js'

/** An event follows the head of a refused answer: it must not be read. */
const refused = (head: Step): readonly Step[][] => [[head, message('not for you')]]

async function fails(trial: Trial): Promise<void> {
  await trial.gaveUp(1)
  expectSame('data of the events', trial.data, [])
}

/** All but 200 fail; some clients do otherwise with some of them, on purpose. */
const REFUSED_STATUSES = (
  [
    [[401, 403, 404, 410], []],
    [[429, 500, 503], ['temporary-errors']],
    [[201, 206], ['other-success']],
  ] as const
).flatMap(([statuses, needs]) =>
  statuses.map((status): ClientCase => ({
    name: `${status} fails`,
    rule: 'If the status is not 200, fail the connection: no event, no further request.',
    section: SECTION.processing,
    needs,
    script: refused({ status, headers: { 'content-type': 'text/event-stream' } }),
    check: fails,
  })),
)

export const ANSWER: readonly ClientCase[] = [
  {
    name: 'takes the content type without case and parameters',
    rule: 'The MIME type is compared by its essence, which is in lower case and has no parameters.',
    section: SECTION.processing,
    script: [[{ headers: { 'content-type': 'Text/Event-Stream ;charset=UTF-8; x="a;b"' } }, message('a'), STALL]],
    check: (trial) => trial.receives(['a']),
  },
  {
    name: 'reads UTF-8 whatever the charset says',
    rule: 'Streams must always be decoded as UTF-8; there is no way to specify another encoding.',
    section: SECTION.parsing,
    script: [[{ headers: { 'content-type': 'text/event-stream; charset=iso-8859-1' } }, message('é€'), STALL]],
    check: (trial) => trial.receives(['é€']),
  },
  ...[
    ['another content type fails', { 'content-type': 'text/html' }],
    ['a missing content type fails', { 'content-type': null }],
    ['a content type that only begins like an event stream fails', { 'content-type': 'text/event-streams' }],
  ].map(([name, headers]): ClientCase => ({
    name: name as string,
    rule: 'If the content type is not text/event-stream, fail the connection: no event, no further request.',
    section: SECTION.processing,
    script: refused({ headers: headers as Record<string, string | null> }),
    check: fails,
  })),
  ...REFUSED_STATUSES,
  ...[204, 205].map((status): ClientCase => ({
    name: `${status} stops the client`,
    rule: 'If the status is not 200, fail the connection; 204 No Content is how a server tells clients to stop.',
    section: SECTION.processing,
    script: [[{ status }]],
    check: fails,
  })),
  {
    name: '204 stops the client when it comes back',
    rule: 'Clients can be told to stop reconnecting using 204 No Content; what came before has been dispatched.',
    section: SECTION.processing,
    needs: RECONNECT,
    script: [[soon('a')], [{ status: 204 }]],
    check: async (trial) => {
      await trial.gaveUp(2)
      await trial.receives(['a'])
    },
  },
  {
    name: 'follows redirects',
    rule: 'Redirects 301, 302, 303, 307 and 308 are followed as fetch has it.',
    section: SECTION.redirects,
    script: [
      ...[301, 302, 303, 307, 308].map((status) => [{ redirect: `/${status}`, status }]),
      [message('there'), STALL],
    ],
    check: async (trial) => {
      await trial.receives(['there'])
      expectSame(
        'paths',
        trial.requests.map(({ url }) => url),
        ['/', '/301', '/302', '/303', '/307', '/308'],
      )
    },
  },
]
