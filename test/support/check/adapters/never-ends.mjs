import { writeSync } from 'node:fs'

export default () => {
  writeSync(2, 'it begins\n')
  for (;;);
}
