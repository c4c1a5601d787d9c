const MARKS = { pass: 'yes', fail: '**no**', skip: '–' }

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')

/** One kind of subject: a summary, and a line for each case that somebody fails. */
export function section(title, subjects) {
  const names = subjects[0].results.map(({ name }) => name)
  const count = ({ results }, status) => results.filter((result) => result.status === status).length
  const disputed = names.filter((name) => subjects.some((subject) => find(subject, name).status === 'fail'))
  return [
    `## ${title}`,
    '',
    `| | version | passed | failed | left out |`,
    '| --- | --- | --- | --- | --- |',
    ...subjects.map(
      (subject) =>
        `| ${subject.name} | ${subject.version} | ${count(subject, 'pass')} | ${count(subject, 'fail')} | ${count(subject, 'skip')} |`,
    ),
    '',
    ...subjects.filter(({ note }) => note).map(({ name, note }) => `- ${name}: ${note}`),
    '',
    `${names.length - disputed.length} of ${names.length} cases are passed by all that take them. The others:`,
    '',
    `| case | ${subjects.map(({ name }) => name).join(' | ')} |`,
    `| --- |${subjects.map(() => ' --- |').join('')}`,
    ...disputed.map((name) => {
      const { section: link } = find(subjects[0], name)
      return `| [${cell(name)}](${link}) | ${subjects.map((subject) => MARKS[find(subject, name).status]).join(' | ')} |`
    }),
    '',
  ].join('\n')
}

const find = ({ results }, name) => results.find((result) => result.name === name)
