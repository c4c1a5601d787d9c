import { describe, expect, it } from 'vitest'
import { portableChecks } from '../portable/checks.js'
import { failuresOf } from '../portable/failures.js'

describe.each(Object.entries(portableChecks(location.origin)))('%s', (_, checks) => {
  it('passes all checks', async () => {
    expect(await failuresOf(checks, 2)).toEqual([])
  })
})
