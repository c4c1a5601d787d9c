import { BRAND } from '../../errors.js'
import type { Rule } from '../../options/check-options.js'
import { numberOf } from '../../options/rules.js'
import { MAX_DELAY } from '../../wire/constants.js'

/** One rule of the standard, put to the test. */
export interface SuiteCase {
  /** Says what must hold; unique in its suite, and stable. */
  readonly name: string
  /** What the standard asks for, in one sentence. */
  readonly rule: string
  /** The section that says so. */
  readonly section: string
  /** Why this case is left out, where it is. */
  readonly skip?: string
  /**
   * Resolves where the rule holds, with a reason where there was nothing to try it on.
   *
   * @throws {ConformanceError} saying what was expected and what came.
   */
  readonly run: () => Promise<string | undefined>
}

/** The outcome of one case; the other members are those of the case. */
export interface SuiteResult {
  /** The name of the suite. */
  readonly suite: string
  /** That of the case. */
  readonly name: string
  /** What the standard asks for. */
  readonly rule: string
  /** The section that says so. */
  readonly section: string
  /** `skip` where there was nothing to try it on. */
  readonly status: 'pass' | 'fail' | 'skip'
  /** What went wrong, or why the case was left out. */
  readonly message?: string
}

/**
 * The cases of a suite. Hand `cases` to a test runner, or iterate the suite itself: it runs one case after
 * the other and yields a result for each, failed ones included. A suite can be run again.
 */
export interface Suite extends AsyncIterable<SuiteResult> {
  /** What the suite is about: `parser`, `client` and the like. */
  readonly name: string
  /** In order. Each can be run alone. */
  readonly cases: readonly SuiteCase[]
}

/**
 * Thrown by a case whose rule does not hold.
 *
 * @example
 * ```ts
 * import { ConformanceError, parserSuite } from 'eventwire/testing'
 *
 * // A parser that reports nothing.
 * const { cases } = parserSuite(() => ({ feed() {}, end() {} }))
 * const error = await cases[0]!.run().catch((thrown: unknown) => thrown)
 * error instanceof ConformanceError // => true
 * ```
 */
export class ConformanceError extends Error {
  /** Does not change between minor versions; `docs/errors.md` has a heading for it. */
  readonly code = 'ERR_CONFORMANCE' as const

  override get name(): 'ConformanceError' {
    return 'ConformanceError'
  }

  get [BRAND](): true {
    return true
  }
}

/** A case before it is bound to an adapter. */
export interface CaseOf<Context> {
  readonly name: string
  readonly rule: string
  readonly section: string
  /** What the adapter must be able to do; without it the case is left out. */
  readonly needs?: readonly string[]
  readonly run: (context: Context) => Promise<string | void> | string | void
}

/** How long a suite waits for something. */
export const patience: Rule = /* @__PURE__ */ numberOf('milliseconds', 1, MAX_DELAY)

/** What an adapter may lack: a list of names that `abilities` explains. */
export function abilitiesOf(abilities: Readonly<Record<string, string>>): Rule {
  return (without) =>
    !(Array.isArray(without) && without.every((ability) => Object.hasOwn(abilities, ability as string))) &&
    `must be an array of ${list(abilities)}`
}

export interface SuiteParts<Context> {
  readonly name: string
  readonly cases: readonly CaseOf<Context>[]
  readonly context: Context
  /** Abilities that the adapter lacks. */
  readonly without: readonly string[]
  /** What each ability means. */
  readonly abilities: Readonly<Record<string, string>>
}

/** Binds cases to a context. */
export function createSuite<Context>({ name, cases, context, without, abilities }: SuiteParts<Context>): Suite {
  const bound = cases.map(({ name: caseName, rule, section, needs = [], run }): SuiteCase => {
    const missing = needs.find((need) => without.includes(need))
    return {
      name: caseName,
      rule,
      section,
      ...(missing !== undefined && { skip: abilities[missing]! }),
      run: async () => (await run(context)) ?? undefined,
    }
  })
  return {
    name,
    cases: bound,
    async *[Symbol.asyncIterator]() {
      for (const each of bound) yield await result(name, each)
    },
  }
}

const list = (abilities: object): string => Object.keys(abilities).join(', ')

async function result(suite: string, { name, rule, section, skip, run }: SuiteCase): Promise<SuiteResult> {
  const about = { suite, name, rule, section }
  if (skip !== undefined) return { ...about, status: 'skip', message: skip }
  try {
    const nothing = await run()
    return nothing === undefined ? { ...about, status: 'pass' } : { ...about, status: 'skip', message: nothing }
  } catch (error) {
    return { ...about, status: 'fail', message: error instanceof Error ? error.message : String(error) }
  }
}

const LONGEST_SHOWN = 500

/** @throws {ConformanceError} where `actual` does not have the same JSON as `expected`. */
export function expectSame(what: string, actual: unknown, expected: unknown): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (got !== wanted) throw new ConformanceError(`${what}: expected ${shortened(wanted)}, got ${shortened(got)}`)
}

export function shortened(json: string | undefined): string {
  if (json === undefined) return 'nothing'
  return json.length <= LONGEST_SHOWN ? json : `${json.slice(0, LONGEST_SHOWN)}... (${json.length} characters)`
}

/** @throws {ConformanceError} with `message` where `holds` is false. */
export function expectThat(holds: boolean, message: string): asserts holds {
  if (!holds) throw new ConformanceError(message)
}
