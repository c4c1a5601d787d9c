// Tables as text: ratios, because times on a shared machine mean little.

export const ratioText = (ratio) =>
  ratio >= 100 ? ratio.toFixed(0) : ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2)

/** Half the distance between the quartiles, as a share of the median. */
const spreadText = ({ median, low, high }) => `${Math.round(((high - low) / 2 / median) * 100)}%`

export const rowOf = (result, name) => result.rows.find((row) => row.name === name)

/** How often `name` takes the time of `base`; undefined where one of them did not run. */
export function ratioOf(result, name, base) {
  const [over, under] = [rowOf(result, name), rowOf(result, base)]
  return over?.median !== undefined && under?.median !== undefined ? over.median / under.median : undefined
}

/**
 * One line per result, one column per candidate: its time as a multiple of `base`'s. A `*` marks a candidate that
 * read other characters than `truth` did: it changes the data, or does not understand the workload.
 */
export function ratioTable(results, base, truth = base) {
  const names = [...new Set(results.flatMap(({ rows }) => rows.map(({ name }) => name)))].filter(
    (name) => name !== base,
  )
  const lines = results.map((result) => [
    result.name,
    rowOf(result, base)?.median === undefined ? '' : spreadText(rowOf(result, base)),
    ...names.map((name) => {
      const ratio = ratioOf(result, name, base)
      if (ratio === undefined) return ''
      return ratioText(ratio) + (rowOf(result, name).checksum === rowOf(result, truth)?.checksum ? '' : '*')
    }),
  ])
  return { head: [`time as a multiple of ${base}`, 'spread', ...names], lines }
}

export function printTable({ head, lines }, print) {
  const widths = head.map((cell, i) => Math.max(cell.length, ...lines.map((line) => String(line[i] ?? '').length)))
  const row = (cells) =>
    cells
      .map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i]) : String(cell ?? '').padStart(widths[i])))
      .join('  ')
  print(row(head))
  print(widths.map((width) => '-'.repeat(width)).join('  '))
  for (const line of lines) print(row(line))
}

/** Why a candidate is not in the table, once for each. */
export function absences(results) {
  const reasons = new Map()
  for (const { rows } of results) for (const { name, failed } of rows) if (failed) reasons.set(name, failed)
  return [...reasons].map(([name, reason]) => `${name} did not run: ${reason}`)
}
