import { writeSync } from 'node:fs'

writeSync(2, 'it begins\n')
setInterval(() => {}, 1000)
await new Promise(() => {})

export default () => ({})
