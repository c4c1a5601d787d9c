import type { Step } from '../../../src/testing/index.js'
import { within } from './within.js'

/** A step that fits into JSON. A `gate` waits until the test opens it. */
export type StageStep = Extract<Step, object> | { gate: string } | { hex: string }

/** One answer: a 200 event stream, unless the steps say otherwise. */
export type Answer = StageStep[]

export interface StageOptions {
  /** Sent with every answer, to preflights too. */
  headers?: Record<string, string>
  /** Answers 401 to requests without credentials. */
  asksForUser?: boolean
}

export interface StageRequest {
  method: string
  url: string
  headers: Record<string, string>
  lastEventId?: string
  body: string
  /** Milliseconds, on the clock of the server. */
  time: number
}

/** What the stage server answers. */
export interface StageReceipt {
  id: number
  unreachable: string
}

/** A scripted server of its own for one test. Requests beyond the last answer get 204, which ends an `EventSource`. */
export interface Stage {
  url: string
  /** The same, on another origin where there is a page. */
  otherUrl: string
  /** Where nobody listens. */
  unreachable: string
  /** Resolves once there were so many, with all of them. */
  requests(count: number): Promise<StageRequest[]>
  /** Resolves with who ended that request, counted from 1. */
  closed(number: number): Promise<'script' | 'client'>
  open(gate: string): Promise<void>
  /** Ends all answers. */
  end(): Promise<void>
}

export async function createStage(
  base: string,
  otherBase: string,
  answers: Answer[],
  options: StageOptions = {},
): Promise<Stage> {
  const call = async (path: string, init?: RequestInit): Promise<never> => {
    const response = await fetch(`${base}/stage${path}`, { cache: 'no-store', ...init })
    return (await response.json()) as never
  }
  const wait = (what: string, path: string): Promise<never> => within(what, (signal) => call(path, { signal }))
  const { id, unreachable } = (await call('', {
    method: 'POST',
    body: JSON.stringify({ ...options, answers }),
  })) as StageReceipt
  return {
    url: `${base}/stage/${id}/play`,
    otherUrl: `${otherBase}/stage/${id}/play`,
    unreachable,
    requests: (count) => wait(`${count} requests`, `/${id}/requests/${count}`),
    closed: (number) => wait(`the end of request ${number}`, `/${id}/closed/${number}`),
    open: (gate) => call(`/${id}/open/${gate}`),
    end: () => call(`/${id}/end`),
  }
}
