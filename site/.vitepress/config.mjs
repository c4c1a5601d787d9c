import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import llmstxt from 'vitepress-plugin-llms'
import { stage } from '../stage.mjs'
import { sidebar } from './sidebar.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { description } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

stage()

export default defineConfig({
  title: 'eventwire',
  description,
  lang: 'en',
  srcDir: 'pages',
  outDir: 'dist',
  cacheDir: 'node_modules/.vitepress',
  // Relative links of the pages have to work in the repository too, so only indexes are renamed.
  rewrites: (path) => path.replace(/(^|\/)README\.md$/, '$1index.md'),
  cleanUrls: false,
  lastUpdated: false,
  // Examples say where they are to be seen.
  ignoreDeadLinks: 'localhostLinks',
  markdown: {
    config: linkToWhatHasNoPage,
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  themeConfig: {
    search: { provider: 'local', options: { detailedView: true } },
    outline: [2, 3],
    sidebar: sidebar(root),
    nav: [
      { text: 'Guides', link: '/docs/guides/index' },
      { text: 'Reference', link: '/docs/reference/index' },
      { text: 'Playground', link: '/docs/playground' },
    ],
  },
  vite: {
    plugins: [
      llmstxt({
        excludeIndexPage: false,
        generateLLMsFullTxt: true,
        // Vue components mean nothing to those who read the text.
        stripHTML: false,
      }),
    ],
    server: { fs: { allow: [root] } },
    resolve: {
      // What the pages show in the browser is what is published.
      alias: { 'eventwire/parser': join(root, 'dist/parser/index.js') },
    },
  },
})

/**
 * Links of the pages are those of the repository. A README is the index of its folder here, and what has no
 * page (a source file, a folder) is shown by name, without a link that leads nowhere.
 */
function linkToWhatHasNoPage(markdown) {
  // A header without text says nothing to those who hear the page.
  markdown.core.ruler.push('empty_headers', ({ tokens }) => {
    tokens.forEach((token, index) => {
      if (token.type !== 'th_open' || tokens[index + 1].content !== '') return
      token.tag = 'td'
      tokens[index + 2].tag = 'td'
    })
  })
  const fallback = (tokens, index, options, _env, self) => self.renderToken(tokens, index, options)
  const open = markdown.renderer.rules.link_open ?? fallback
  const close = markdown.renderer.rules.link_close ?? fallback
  const unlinked = new WeakSet()

  markdown.renderer.rules.link_open = (tokens, index, options, env, self) => {
    const token = tokens[index]
    const href = token.attrGet('href') ?? ''
    if (!/^(?:[a-z]+:|#|\/)/i.test(href)) {
      const [path, anchor] = href.split('#')
      const page = pageOf(join(root, dirname(env.relativePath), path))
      if (page === undefined) {
        const end = tokens.findIndex((other, at) => at > index && other.type === 'link_close')
        if (end !== -1) unlinked.add(tokens[end])
        return '<span>'
      }
      const target = relative(root, page).replace(/(^|\/)README\.md$/, '$1index.md')
      token.attrSet('href', `/${target}${anchor ? `#${anchor}` : ''}`)
    }
    return open(tokens, index, options, env, self)
  }
  markdown.renderer.rules.link_close = (tokens, index, options, env, self) =>
    unlinked.has(tokens[index]) ? '</span>' : close(tokens, index, options, env, self)
}

/** The Markdown file that a path of the repository stands for, if it becomes a page. */
function pageOf(path) {
  const candidates = path.endsWith('.md') ? [path] : [join(path, 'README.md'), join(path, 'index.md')]
  const file = candidates.find((candidate) => existsSync(candidate))
  if (file === undefined) return undefined
  return /^(?:src|test|scripts|site|dist)\//.test(relative(root, file)) ? undefined : file
}
