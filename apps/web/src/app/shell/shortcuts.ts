import { modKey } from '../../components/ui/kbd.tsx'
import { places } from './nav.ts'

export const shortcuts: { title: string; keys: [string[], string][] }[] = [
  {
    title: 'Anywhere',
    keys: [
      [[`${modKey}K`], 'Search, jump, do anything'],
      [['C'], 'New workflow'],
      [['G', 'T'], 'Switch theme'],
      [['?'], 'This sheet'],
      [['Esc'], 'Close what is open'],
    ],
  },
  { title: 'Go to', keys: places.map(({ key, name }) => [['G', key.toUpperCase()], name]) },
  {
    title: 'In lists',
    keys: [
      [['J'], 'Next row'],
      [['K'], 'Row before'],
      [['Enter'], 'Open'],
    ],
  },
  {
    title: 'In the editor',
    keys: [
      [[`${modKey}S`], 'Save'],
      [['Ctrl Space'], 'What may stand here'],
      [['Esc', 'Tab'], 'Leave the text'],
    ],
  },
]
