import type { ChannelMetrics } from './hub-options.js'
import { isThenable } from './is-thenable.js'

/** Calls metrics hooks. One that throws, or rejects later, is reported and harms nobody. */
export function createTell(metrics: ChannelMetrics | undefined, report: (error: unknown) => void) {
  return <K extends keyof ChannelMetrics>(hook: K, ...values: Parameters<NonNullable<ChannelMetrics[K]>>): void => {
    try {
      const result: unknown = (metrics?.[hook] as ((...all: unknown[]) => unknown) | undefined)?.(...values)
      if (isThenable(result)) result.then(undefined, report)
    } catch (error) {
      report(error)
    }
  }
}
