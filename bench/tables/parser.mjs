// Parsers over the workloads, bytes and text each.
import { measure } from '../lib/measure.mjs'
import { loadParsers } from '../lib/parsers.mjs'
import { ratioTable } from '../lib/report.mjs'
import { buildWorkload, freshBytes, freshText, workloadNames } from '../lib/workloads.mjs'

export const title = 'Parser'
export const against = 'eventsource-parser'

export function jobs() {
  return workloadNames.flatMap((workload) =>
    ['bytes', 'text'].map((kind) => ({ name: `${workload} | ${kind}`, workload, kind })),
  )
}

export async function run({ workload: name, kind }, { size, only, ...rounds }) {
  const workload = buildWorkload(name, size)
  const fresh = kind === 'bytes' ? freshBytes : freshText
  const rows = await measure(await loadParsers(kind, only), () => fresh(workload), rounds)
  return { rows, bytes: workload.bytes.length, kind, hostile: workload.hostile, single: workload.single }
}

export const report = (results) => ratioTable(results, 'eventwire')
