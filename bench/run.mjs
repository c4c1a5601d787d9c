// Runs a job in this process and sends its result to the process that started it. Started by
// scripts/bench.mjs, with the work as JSON: `{ table, job, options }`.
const { table, job, options } = JSON.parse(process.argv[2])
const { run } = await import(`./tables/${table}.mjs`)

process.send({ table, name: job.name, ...(await run(job, options)) })
process.disconnect()
