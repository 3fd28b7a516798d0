/** Whether somebody is writing: then letters are letters and no commands. */
export function isTyping(e: KeyboardEvent): boolean {
  const at = e.target
  if (!(at instanceof HTMLElement)) return false
  // In a box that is ticked nobody writes.
  if (at instanceof HTMLInputElement && at.type === 'checkbox') return false
  return at.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(at.tagName)
}

/** Whether a dialog or drawer lies over the page: its keys are not the page's. */
export function isCovered(): boolean {
  return document.querySelector('[role=dialog]') !== null
}
