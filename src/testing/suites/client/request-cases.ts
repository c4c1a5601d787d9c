import { SECTION } from '../sections.js'
import { expectSame, expectThat } from '../suite.js'
import { STALL, type ClientCase } from './client-case.js'

export const REQUEST: readonly ClientCase[] = [
  {
    name: 'asks with GET',
    rule: 'The request is a GET without a body.',
    section: SECTION.interface,
    script: [[STALL]],
    check: async (trial) => {
      const { method, body } = await trial.request(1)
      expectSame('method and body', [method, body], ['GET', ''])
    },
  },
  {
    name: 'asks for an event stream',
    rule: '`Accept: text/event-stream` is set in the header list of the request.',
    section: SECTION.interface,
    script: [[STALL]],
    check: async (trial) => expectSame('Accept', (await trial.request(1)).headers['accept'], 'text/event-stream'),
  },
  {
    name: 'asks past caches',
    rule: 'The request\'s cache mode is "no-store", which fetch announces with `Cache-Control: no-cache`.',
    section: SECTION.interface,
    script: [[STALL]],
    check: async (trial) => {
      const value = (await trial.request(1)).headers['cache-control'] ?? ''
      expectThat(/no-cache|no-store/.test(value), `expected Cache-Control: no-cache, got ${JSON.stringify(value)}`)
    },
  },
  {
    name: 'sends no Last-Event-ID before there is one',
    rule: 'The header is set if the last event ID string is not empty.',
    section: SECTION.processing,
    script: [[STALL]],
    check: async (trial) => expectSame('Last-Event-ID', (await trial.request(1)).lastEventId, undefined),
  },
]
