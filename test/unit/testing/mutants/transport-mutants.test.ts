import { afterAll, describe, expect, it } from 'vitest'
import type { Transport } from '../../../../src/server/channel/transport.js'
import { ConformanceError } from '../../../../src/testing/suites/suite.js'
import { transportSuite } from '../../../../src/testing/suites/transport/transport-suite.js'
import type { TransportAdapter } from '../../../../src/testing/suites/transport/transport-trial.js'
import { OptionError } from '../../../../src/errors/option-error.js'
import { score } from './score.js'
import { FaultyTransport, Store, TRANSPORT_MUTANTS, type TransportFaults } from './transport.js'

function adapterOf(faults: TransportFaults): TransportAdapter {
  const storeOf = (transport: Transport): Store => (transport as FaultyTransport).store
  return {
    open: () => new FaultyTransport(new Store(), faults),
    another: (transport) => new FaultyTransport(storeOf(transport), faults),
    reopen: (transport) => new FaultyTransport(faults.forgetsOverARestart ? new Store() : storeOf(transport), faults),
    forget: (transport, id) => storeOf(transport).forget(Number(id.slice(4))),
    lose: (transport) => storeOf(transport).lose(),
  }
}

describe('a correct transport passes whole', () => {
  for (const { name, run } of transportSuite(adapterOf({}), { timeout: 20_000 }).cases) {
    it.concurrent(name, async () => expect(await run()).toBeUndefined())
  }
})

describe('each wrong transport is caught by the case that names its fault', () => {
  const caught = score('transports', Object.keys(TRANSPORT_MUTANTS).length, afterAll)
  it.concurrent.each(Object.entries(TRANSPORT_MUTANTS))('%s: %s', async (fault, name) => {
    const { cases } = transportSuite(adapterOf({ [fault]: true }), { timeout: 1000 })
    await expect(cases.find((each) => each.name === name)!.run()).rejects.toThrow(
      fault === 'failsAtASecondClose' ? Error : ConformanceError,
    )
    caught()
  })
})

it('leaves out the cases that the adapter has no means for, and says why', async () => {
  const results: string[] = []
  for await (const { name, status, message } of transportSuite({ open: adapterOf({}).open })) {
    if (status === 'skip') results.push(`${name.split(':')[0]}: ${message!.split(':')[0]}`)
    else expect(status, name).toBe('pass')
  }
  expect(new Set(results)).toEqual(
    new Set([
      'restart: The adapter has no `reopen`',
      'reset: The adapter has no `lose`',
      'two processes: The adapter has no `another`',
    ]),
  )
})

it('refuses an adapter that opens nothing, what is no function, and options that do not exist', () => {
  const { open } = adapterOf({})
  expect(() => transportSuite({} as never)).toThrow(OptionError)
  expect(() => transportSuite({ open, lose: 1 } as never)).toThrow(OptionError)
  expect(() => transportSuite({ open }, { without: [] } as never)).toThrow(OptionError)
})
