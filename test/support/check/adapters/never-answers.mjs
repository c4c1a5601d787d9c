import { writeSync } from 'node:fs'

export default () => {
  writeSync(2, 'it begins\n')
  setInterval(() => {}, 1000)
  return { close() {} }
}
