import {
  createGate,
  createScriptedServer,
  type Gate,
  type ScriptedRequest,
  type ScriptedServer,
  type Step,
} from '../../../src/testing/server/index.js'
import type { Answer, StageOptions, StageReceipt, StageRequest } from './stage.js'

interface StageState extends StageOptions {
  answers: Answer[]
  requests: StageRequest[]
  closings: Promise<string>[]
  gates: Map<string, Gate>
  /** Opened when the test is over: what still stalls is cut. */
  end: Gate
  changed: () => void
  next: Promise<void>
}

/**
 * A scripted server that is told its scripts over HTTP, so that one and the same test can run in any runtime and
 * in a page.
 *
 * `POST /stage` takes `{ answers, headers }` and gives an id. `/stage/ID/play...` plays them. `/stage/ID/requests/N`
 * answers once there were N requests, `/stage/ID/closed/N` once the Nth is over, `/stage/ID/open/NAME` opens a gate,
 * `/stage/ID/end` ends it all.
 */
export async function startStageServer(): Promise<ScriptedServer> {
  const stages: StageState[] = []
  const gone = await createScriptedServer([])
  const unreachable = gone.url
  await gone.close()
  const server = await createScriptedServer((request) => {
    const [, , id, verb, argument = ''] = new URL(request.url, 'http://stage').pathname.split('/')
    if (id === undefined) return json(addStage(JSON.parse(request.body) as StageOptions & { answers: Answer[] }))
    const stage = stages[Number(id)]!
    if (verb === 'requests') return requests(stage, Number(argument))
    if (verb === 'closed') return closed(stage, Number(argument))
    if (verb === 'open') return open(gate(stage, argument))
    if (verb === 'end') return open(stage.end)
    return play(stage, request)
  })

  function addStage(options: StageOptions & { answers: Answer[] }): StageReceipt {
    const stage: StageState = {
      ...options,
      requests: [],
      closings: [],
      gates: new Map(),
      end: createGate(),
      changed: () => {},
      next: Promise.resolve(),
    }
    renew(stage)
    return { id: stages.push(stage) - 1, unreachable }
  }

  return server
}

const UNAUTHORIZED: Step[] = [{ status: 401, headers: { 'www-authenticate': 'Basic realm="stage"' } }]

function json(value: unknown): Step[] {
  return [{ status: 200, headers: { 'content-type': 'application/json' } }, { bytes: JSON.stringify(value) }]
}

function renew(stage: StageState): void {
  stage.changed()
  stage.next = new Promise((resolve) => (stage.changed = resolve))
}

async function requests(stage: StageState, count: number): Promise<Step[]> {
  while (stage.requests.length < count) await stage.next
  return json(stage.requests)
}

async function closed(stage: StageState, number: number): Promise<Step[]> {
  await requests(stage, number)
  return json(await stage.closings[number - 1])
}

function gate(stage: StageState, name: string): Gate {
  const found = stage.gates.get(name) ?? createGate()
  stage.gates.set(name, found)
  return found
}

function open(opened: Gate): Step[] {
  opened.open()
  return json(true)
}

function play(stage: StageState, request: ScriptedRequest): Step[] {
  const { method, url, headers, lastEventId, body, time } = request
  if (stage.asksForUser && !headers['authorization']) return UNAUTHORIZED
  const isPreflight = method === 'OPTIONS'
  const answer: Answer | undefined = isPreflight
    ? []
    : stage.answers[stage.requests.filter((each) => each.method !== 'OPTIONS').length]
  stage.requests.push({ method, url, headers, lastEventId, body, time })
  stage.closings.push(request.closed)
  renew(stage)
  const head: Step[] = stage.headers ? [{ headers: stage.headers }] : []
  if (!answer || isPreflight) return [{ status: 204 }, ...head]
  const steps = answer.flatMap((step): Step[] => {
    if ('gate' in step) return [{ wait: () => gate(stage, step.gate).opened }]
    if ('hex' in step) return [{ bytes: Buffer.from(step.hex.replaceAll(' ', ''), 'hex') }]
    if ('stall' in step) return [{ wait: () => stage.end.opened }, { cut: 'fin' }]
    return [step]
  })
  return [...head, ...steps]
}
