import { useEffect, useState } from 'react'

/** Waits until typing pauses. */
export function useSettled<T>(value: T): T {
  const text = JSON.stringify(value)
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(text) as T), 250)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
