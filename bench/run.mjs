// Runs jobs in this process and sends each result to the process that started it. Started by
// scripts/bench.mjs, with the work as JSON: `{ table, jobs, options }`.
const { table, jobs, options } = JSON.parse(process.argv[2])
const { run } = await import(`./tables/${table}.mjs`)

for (const job of jobs) {
  const result = await run(job, options)
  process.send({ table, name: job.name, ...result })
}
process.disconnect()
