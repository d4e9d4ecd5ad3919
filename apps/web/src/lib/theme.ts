import { create } from 'zustand'

export type Theme = 'light' | 'dark'
export type Density = 'dense' | 'comfortable'
type Look = { theme: Theme; density: Density }

const root = () => document.documentElement
export const useLook = create<Look>(() => ({
  theme: root().dataset['theme'] === 'dark' ? 'dark' : 'light',
  density: root().dataset['density'] === 'comfortable' ? 'comfortable' : 'dense',
}))

const keep = (name: string, value: string) => {
  try {
    localStorage.setItem(name, value)
  } catch {
    // Private windows may refuse storage; the choice then lasts for this page.
  }
}

export function setTheme(theme: Theme): void {
  root().dataset['theme'] = theme
  keep('orrery.theme', theme)
  useLook.setState({ theme })
}

export function setDensity(density: Density): void {
  root().dataset['density'] = density
  keep('orrery.density', density)
  useLook.setState({ density })
}
