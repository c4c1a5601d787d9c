import { ASCII_IDS } from '../../lib/known.mjs'
import { program } from '../../lib/readers.mjs'

export default {
  name: "Java's HttpClient and BodyHandlers.ofLines",
  kind: 'reader',
  order: 73,
  programs: ['java', 'javac'],
  debian: [{ name: 'default-jdk-headless' }],
  version: { of: 'Java', command: ['java', '-version'] },
  byHand: true,
  without: { retry: 'it reads one answer' },
  prepare: [['javac', '-d', 'programs/build', 'programs/Reader.java']],
  read: program('java', ['-cp', 'programs/build', 'Reader']),
  differs: { ids: ASCII_IDS },
}
