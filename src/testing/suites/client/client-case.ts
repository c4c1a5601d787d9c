import type { Step } from '../../script/steps.js'
import type { Trial } from './client-trial.js'

export interface ClientCase {
  readonly name: string
  readonly rule: string
  readonly section: string
  readonly needs?: readonly string[]
  readonly script: readonly (readonly Step[])[]
  readonly check: (trial: Trial) => Promise<void>
}

export const RECONNECT: readonly string[] = ['reconnect']

export const STALL: Step = { stall: true }
export const message = (data: string, id?: string): Step => ({ event: { data, id } })
/** A message that makes the client come back soon. */
export const soon = (data: string, id?: string): Step => ({ event: { data, id, retry: 10 } })
/** Loses the connection. Some clients drop what they have not read by then: they get the time to read. */
export const lose = (...how: Step[]): Step[] => [{ wait: 50 }, ...how, { cut: 'fin' }]
export const text = (value: string): Step => ({ bytes: value })
