import { shown, withProbe, type AuditContext } from '../context.js'
import type { Probe, SeenEvent } from '../probe.js'
import { finding, type Finding } from '../rules.js'

const FORGED = 'eventwire-check-0-0'
const withId = ({ hasId, id }: SeenEvent): boolean => hasId && id !== ''

/** Ids, and what comes after a cut. `witness` stays connected all the time and knows what there was. */
export async function auditResume(context: AuditContext, witness: Probe): Promise<Finding[]> {
  await witness.until(() => witness.events.filter(withId).length >= 3, context.timeout)
  const sent = shown(context.request)
  const ids = witness.events.filter(withId).map(({ id }) => id)
  if (witness.events.length === 0) return [finding('ids', 'skip', { sent, seen: 'no event came' })]
  if (ids.length === 0) {
    return [
      finding('ids', 'warning', {
        sent,
        seen: `none of ${witness.events.length} events has an id: a cut loses what follows`,
      }),
    ]
  }
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  const own =
    twice === undefined
      ? finding('ids', 'pass', { sent, seen: `${ids.length} ids, such as ${JSON.stringify(ids[0])}` })
      : finding('ids', 'error', { sent, seen: `${JSON.stringify(twice)} is the id of two events` })
  if (ids.length < 2) return [own, finding('resume', 'skip', { sent, seen: 'too few events came to cut between' })]
  return [own, ...(await auditCut(context, witness, ids[0]!)), ...(await auditGaps(context, witness, ids))]
}

/** Comes back as a reader that had only the event `id`. */
async function auditCut(context: AuditContext, witness: Probe, id: string): Promise<Finding[]> {
  const sent = shown(context.request, `last-event-id: ${id}`)
  return withProbe(context, { headers: { 'last-event-id': id } }, async (probe) => {
    const after = witness.events.filter(withId).map((event) => event.id)
    const expected = after.slice(after.indexOf(id) + 1)
    const known = (): string[] => probe.events.filter(withId).map((event) => event.id)
    await probe.until(() => known().length >= expected.length, context.timeout)
    const got = known()
    const seen = `ids ${list(got)}; ${list(expected)} came after it`
    const isAgain = got.includes(id) || new Set(got).size < got.length
    const missing = expected.filter((each) => !got.includes(each))
    const wasTold = probe.events.some((event) => !after.includes(event.id) && event.event !== witness.events[0]!.event)
    return [
      missing.length === 0
        ? finding('resume', 'pass', { sent, seen })
        : finding('resume', wasTold ? 'warning' : 'error', {
            sent,
            seen: wasTold
              ? `a gap is told, though ${list(missing)} came a moment ago`
              : `${list(missing)} never came: ${seen}`,
          }),
      finding('repeats', isAgain ? 'error' : 'pass', {
        sent,
        seen: isAgain ? `${JSON.stringify(id)} came again: ${seen}` : seen,
      }),
    ]
  })
}

/** Comes back with ids that lead nowhere: one that was never given, one that is too old. */
async function auditGaps(context: AuditContext, witness: Probe, ids: readonly string[]): Promise<Finding[]> {
  const old = context.oldId ?? firstOf(ids)
  return [
    await auditGap(context, witness, { id: FORGED }),
    ...(old === undefined
      ? []
      : [await auditGap(context, witness, { id: old, isCounted: context.oldId === undefined })]),
  ]
}

/** The id that the first event of all must have had, where ids are seen to be counted. */
function firstOf(ids: readonly string[]): string | undefined {
  const parts = ids.map((id) => /^(.*?)(\d{1,9})$/s.exec(id))
  const [, prefix, start] = parts[0] ?? []
  const isCounted = parts.every((part, index) => part?.[1] === prefix && Number(part?.[2]) === Number(start) + index)
  // The reader of the second event is not behind.
  return isCounted && Number(start) > 2 ? `${prefix}1` : undefined
}

interface Asked {
  readonly id: string
  readonly isCounted?: boolean
}

/** `isCounted`: the event that follows `id` is known by its number, so that all that there ever was may come. */
async function auditGap(context: AuditContext, witness: Probe, { id, isCounted = false }: Asked): Promise<Finding> {
  const sent = shown(context.request, `last-event-id: ${id}`)
  return withProbe(context, { headers: { 'last-event-id': id } }, (probe) =>
    withProbe(context, {}, async (fresh) => {
      await probe.until(() => probe.events.length > 0, context.timeout)
      await fresh.until(() => fresh.events.length > 0, context.timeout)
      const first = probe.events[0]
      if (probe.status !== undefined && probe.status >= 400)
        return finding('gap', 'warning', { sent, seen: `status ${probe.status}, at which EventSources give up` })
      if (!first) return finding('gap', 'skip', { sent, seen: 'no event came' })
      const types = new Set([...witness.events, ...fresh.events].map(({ event }) => event))
      if (!types.has(first.event))
        return finding('gap', 'pass', { sent, seen: `first an event ${JSON.stringify(first.event)}` })
      if (isCounted && first.id === id.replace(/1$/, '2'))
        return finding('gap', 'pass', { sent, seen: `all from ${JSON.stringify(first.id)} on: nothing is gone` })
      const seen = `the stream goes on with ${JSON.stringify(first.event)} ${JSON.stringify(first.id)} as if nothing were missing`
      return finding('gap', 'error', { sent, seen })
    }),
  )
}

function list(ids: readonly string[]): string {
  const some = ids
    .slice(0, 3)
    .map((id) => JSON.stringify(id))
    .join(', ')
  return ids.length === 0 ? 'none' : ids.length > 3 ? `${some} and ${ids.length - 3} more` : some
}
